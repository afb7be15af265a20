import { getErrorFactories } from '@/platform/errors/index.js';
import { differences, headerDifferences, outputDifferences } from './compare.js';
import type { Example, Fence } from './page.js';
import type { RecordedResponse } from './recorder.js';
import { asShown, headersAsShown, secretsShortened } from './rewrite.js';
import type { ShellResult } from './shell.js';

/** What one block did: its result in the shell, and the responses of the server. */
export interface Run {
  result: ShellResult;
  responses: RecordedResponse[];
}

/** Returns what is wrong with the shown results of one block. */
export function faultsOf(example: Example, run: Run): string[] {
  const { request, json, http, output } = example;
  const { result, responses } = run;
  const faults = [...statusFaults(example, responses)];
  if (result.status !== 0) faults.push(`exit code ${result.status}: ${result.err.trim().slice(-600)}`);
  if (/\bcurl\b/.test(request.text) && responses.length === 0) faults.push('curl reached no server');
  if (json.length > 1 || http.length > 1) faults.push('one block shows one response: divide the requests');
  for (const fence of json) faults.push(...jsonFaults(fence, run));
  for (const fence of http) faults.push(...httpFaults(fence, responses.at(-1)));
  if (output) faults.push(...outputDifferences(output.text, result.out));
  return faults;
}

/** Returns the shown results of one block as they came from the run. */
export function rewritten({ json, http, output }: Example, run: Run): Map<Fence, string> {
  const texts = new Map<Fence, string>();
  for (const fence of json) {
    texts.set(fence, JSON.stringify(asShown(shownJson(run), parsed(fence.text))) ?? fence.text);
  }
  const last = run.responses.at(-1);
  if (last) for (const fence of http) texts.set(fence, rewrittenHttp(fence, last));
  if (output && outputDifferences(output.text, run.result.out).length > 0) {
    texts.set(output, secretsShortened(run.result.out.replaceAll('\r', '').replace(/\n+$/, '')));
  }
  return texts;
}

/** A status other than 2xx must be shown: by the error body, by its status line, or on a line of the output. */
function statusFaults({ json, http, output }: Example, responses: RecordedResponse[]): string[] {
  const printed = new Set(output?.text.match(/^[2-5]\d\d$/gm)?.map(Number));
  const shown = new Set(printed);
  for (const fence of json) shown.add(statusOfError(parsed(fence.text)));
  for (const { text } of http) shown.add(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]));
  return responses.flatMap(({ method, url, status, body }, index) => {
    const last = index === responses.length - 1;
    if ((status >= 200 && status < 300) || (last ? shown : printed).has(status)) return [];
    return [`${method} ${url} answered ${status}, which the page does not show: ${body.slice(0, 400)}`];
  });
}

function statusOfError(json: unknown): number {
  const code = (json as { code?: unknown } | null)?.code;
  return [...getErrorFactories().values()].find((error) => error.code === code)?.status ?? 0;
}

function jsonFaults(fence: Fence, run: Run): string[] {
  const [shown, real] = [parsed(fence.text), shownJson(run)];
  if (shown === undefined) return ['the json block is not JSON'];
  return real === undefined ? ['there was no JSON to compare with'] : differences(shown, real);
}

/** JSON on standard output where the block selected a part of a response, or else the body of the last response. */
function shownJson({ result, responses }: Run): unknown {
  const isWhole = responses.some(({ body }) => body === result.out.trim());
  return (isWhole ? undefined : parsed(result.out)) ?? parsed(responses.at(-1)?.body ?? '');
}

function httpFaults({ text }: Fence, response: RecordedResponse | undefined): string[] {
  if (!response) return ['there was no response to compare with'];
  const { start, headers } = partsOf(text);
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(start)?.[1] ?? response.status);
  const faults = headerDifferences(headers, response.headers);
  return status === response.status ? faults : [...faults, `the status was ${response.status}`];
}

function rewrittenHttp({ text }: Fence, { headers: real }: RecordedResponse): string {
  const { start, headers } = partsOf(text);
  return [...(start ? [start] : []), ...headersAsShown(headers, real)].join('\n');
}

function partsOf(text: string): { start: string; headers: string[] } {
  const lines = text.split('\n').filter(Boolean);
  const start = lines[0]?.startsWith('HTTP/') ? lines[0] : '';
  return { start, headers: start ? lines.slice(1) : lines };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
