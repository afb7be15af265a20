/** Values that differ from run to run, with the word that stands for them in a comparison. */
const VOLATILE: [RegExp, string][] = [
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, '<uuid>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d\b/g, '<date>'],
  [/\beyJ[\w-]{5,}(\.[\w-]+\.[\w-]*|…)/g, '<jwt>'],
  [/^(?![a-z]{2,8}_|xntr-)(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{40,}$/g, '<random>'],
  [/\b(cursor|token|secret)=(?:[\w-]{16,}|[\w-]+…)/g, '$1=<random>'],
  [/\b([a-z]{2,8}_)(?=[\w-]*[A-Z\d])(?:[\w-]{16,}|[\w-]{2,15}…)/g, '$1<random>'],
  [/\b(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}\b/g, '<backup code>'],
  [/\b[A-Z2-7]{32}\b/g, '<base32>'],
  [/\b[\da-f]{32,}\b/g, '<hex>'],
  [/\bxntr-(?:[\w-]{86}|[\w-]{7}|[\w-]+…)/g, '<api key>'],
  [/\b(?:[\dA-F]{2}:){31}[\dA-F]{2}\b/g, '<fingerprint>'],
  [/^[\w-]{12}…$/g, '<random>'],
  [/\b(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{20,}\b/g, '<random>'],
  [/\b\d{6}\b/g, '<code>'],
  [/\bcurl\/[\d.]+/g, '<curl>'],
  [/\brequest_id=[\w.:-]+/g, 'request_id=<id>'],
];

/** Fields with a number or short text of their own in every run. */
const VOLATILE_FIELD = /(_ms|^kid|^port|^score|^prefix|^hint|^etag|^lag)$/;
const VOLATILE_HEADER = /^(retry-after|ratelimit-reset|date|etag|content-length|age)$/;

export function scrub(text: string): string {
  return VOLATILE.reduce((scrubbed, [pattern, word]) => scrubbed.replace(pattern, word), text);
}

/** Compares texts by kind; one that ends in `…` on the page only has to begin like the real one. */
export function sameText(shown: string, real: string): boolean {
  if (scrub(shown) === scrub(real)) return true;
  const start = shown.slice(0, -1);
  return shown.endsWith('…') && (real.startsWith(start) || scrub(real).startsWith(scrub(start)));
}

const shorten = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);

/** Returns the differences between the JSON of a page and that of a run, each with its path. */
export function differences(shown: unknown, real: unknown, path = '$'): string[] {
  if (Array.isArray(shown) && Array.isArray(real)) return arrayDifferences(shown, real, path);
  if (isRecord(shown) && isRecord(real)) {
    const keys = [...new Set([...Object.keys(shown), ...Object.keys(real)])];
    return keys.flatMap((key) =>
      key in shown && key in real
        ? differences(shown[key], real[key], `${path}.${key}`)
        : [`${path}.${key}: ${key in real ? 'is missing on the page' : 'is not in the response'}`],
    );
  }
  return sameValue(shown, real, path)
    ? []
    : [`${path}: the page has ${shorten(shown)}, the server ${shorten(real)}`];
}

/** A last element `"…"` stands for any number of further elements. */
function arrayDifferences(shown: unknown[], real: unknown[], path: string): string[] {
  const open = shown.at(-1) === '…';
  const count = open ? shown.length - 1 : shown.length;
  if (open ? real.length < count : real.length !== count) {
    return [`${path}: the page has ${count} elements, the server ${real.length}`];
  }
  return shown.slice(0, count).flatMap((item, index) => differences(item, real[index], `${path}[${index}]`));
}

function sameValue(shown: unknown, real: unknown, path: string): boolean {
  if (typeof shown !== typeof real || (shown === null) !== (real === null)) return false;
  if (VOLATILE_FIELD.test(path.slice(path.lastIndexOf('.') + 1))) return true;
  if (typeof shown === 'string') return sameText(shown, String(real));
  if (typeof shown === 'number' && shown > 1e9) return Number(real) > 1e9;
  return shown === real;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Compares the header lines of a page with those of a response. */
export function headerDifferences(shown: string[], real: Record<string, string>): string[] {
  return shown.flatMap((line) => {
    const [, name = '', value = ''] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    const actual = real[name.toLowerCase()];
    const same =
      actual !== undefined && (VOLATILE_HEADER.test(name.toLowerCase()) || sameText(value, actual));
    return same ? [] : [`header ${line}: the server sent ${actual ?? 'none'}`];
  });
}

/** Compares output line by line; a line `…` stands for any number of lines, and JSON after `data: ` is JSON. */
export function outputDifferences(shown: string, real: string): string[] {
  const lines = real.replace(/\n+$/, '').split('\n');
  let at = 0;
  let skipping = false;
  for (const line of shown.split('\n')) {
    if (line.trim() === '…') {
      skipping = true;
      continue;
    }
    if (skipping) while (at < lines.length && !sameLine(line, lines[at] ?? '')) at += 1;
    if (at >= lines.length || !sameLine(line, lines[at] ?? '')) {
      return [`output: the page has ${line}\n    the run ${lines[at] ?? 'ended before'}`];
    }
    at += 1;
    skipping = false;
  }
  return at < lines.length && !skipping ? [`output: the page lacks ${lines[at]}`] : [];
}

function sameLine(shown: string, real: string): boolean {
  const [page, run] = [dataOf(shown), dataOf(real.trimEnd())];
  if (page !== undefined && run !== undefined) return differences(page, run).length === 0;
  return sameText(shown.trimEnd(), real.trimEnd());
}

function dataOf(line: string): unknown {
  try {
    return JSON.parse(line.replace(/^data: /, ''));
  } catch {
    return undefined;
  }
}
