import type { Protocol } from './protocol.js';
import { type Step, tokensOf } from './step.js';

/** An answer as it goes over the wire: made once for a step, written as often as it is asked for. */
export interface Plan {
  status: number;
  headers: Record<string, string>;
  /** Each goes out on its own, `delayMs` apart where there is a delay. */
  writes: readonly Buffer[];
  /** So many of them go out before a wait for the test. */
  hold: number | undefined;
  firstByteMs: number;
  delayMs: number;
  /** Every write is a packet of its own. */
  apart: boolean;
  ending: 'end' | 'drop' | 'stall';
}

/** What one request asked for. */
export interface Asked {
  model: string;
  streaming: boolean;
}

export function planOf(step: Step, protocol: Protocol, asked: Asked): Plan {
  const { firstByteMs = 0, delayMs = 0, split } = step;
  const { texts, ending } = textsOf(step, protocol, asked);
  const type = asked.streaming && isGood(step) ? protocol.contentType : 'application/json';
  const bytes = texts.map((text) => Buffer.from(spelled(text, step), 'utf8'));
  const whole = Buffer.concat(bytes);
  const writes = split ? pieces(whole, split) : asked.streaming ? bytes : [whole];
  const headers: Record<string, string> = { 'content-type': step.contentType ?? type, ...step.headers };
  if (!asked.streaming && ending !== 'end') headers['content-length'] = String(whole.length + 100);
  return {
    ...{ status: step.status ?? 200, headers, ending, firstByteMs },
    hold: step.hold === undefined ? undefined : asked.streaming ? writesBefore(step, step.hold) : 0,
    ...{
      writes: writes.filter(({ length }) => length > 0),
      delayMs: split ? 0 : delayMs,
      apart: split !== undefined,
    },
  };
}

/** How many writes the first `tokens` tokens are, with what goes out before them. */
function writesBefore({ pings = 0, reasoning = 0, insert }: Step, tokens: number): number {
  if (tokens === 0) return 0;
  return pings + reasoning + tokens + (insert && insert.after < tokens ? 1 : 0);
}

function isGood({ status = 200 }: Step): boolean {
  return status === 200;
}

interface Texts {
  texts: string[];
  ending: Plan['ending'];
}

function textsOf(step: Step, protocol: Protocol, asked: Asked): Texts {
  const raw = step.raw ?? (isGood(step) ? undefined : (step.body ?? '{"error":{"message":"no"}}'));
  if (raw !== undefined) return { texts: [raw], ending: step.loseEnd ?? 'end' };
  return asked.streaming ? streamed(step, protocol, asked) : whole(step, protocol, asked);
}

function endOf(step: Step): { cut: number | undefined; ending: Plan['ending'] } {
  if (step.dropAfter !== undefined) return { cut: step.dropAfter, ending: 'drop' };
  if (step.stallAfter !== undefined) return { cut: step.stallAfter, ending: 'stall' };
  return { cut: step.truncateAfter ?? step.errorAfter, ending: step.loseEnd ?? 'end' };
}

function streamed(step: Step, protocol: Protocol, { model }: Asked): Texts {
  const { cut, ending } = endOf(step);
  const tokens = tokensOf(step);
  const texts = Array.from({ length: step.reasoning ?? 0 }, () => protocol.thought('hm ', model));
  for (const [index, token] of tokens.slice(0, cut).entries()) {
    if (step.insert?.after === index) texts.push(step.insert.raw);
    texts.push(protocol.token(token, model));
  }
  if (step.errorAfter !== undefined) texts.push(protocol.error(step.error));
  if (cut === undefined) texts.push(protocol.closing(end(step, model, tokens.length)));
  // The head of an answer comes with what follows it: `delayMs` is the pace of tokens.
  const [first = '', ...rest] = texts;
  const pings = Array.from({ length: step.pings ?? 0 }, () => protocol.ping);
  return { texts: [...pings, protocol.opening(model) + first, ...rest], ending };
}

/** Without a stream, k tokens are k parts in as many of the body. */
function whole(step: Step, protocol: Protocol, { model }: Asked): Texts {
  const { cut, ending } = endOf(step);
  const tokens = tokensOf(step);
  if (step.errorAfter !== undefined) {
    const error = protocol.error(step.error).replace(/^(event: .*\n)?data: /, '');
    return { texts: [error.trim()], ending };
  }
  const text = JSON.stringify(protocol.whole(tokens.join(''), end(step, model, tokens.length)));
  const part = cut === undefined ? 1 : (cut + 1) / (tokens.length + 2);
  return { texts: [text.slice(0, Math.ceil(text.length * part))], ending };
}

function end(step: Step, model: string, output: number): Parameters<Protocol['closing']>[0] {
  return { model, finish: step.finish, usage: step.noUsage ? null : (step.usage ?? { input: 7, output }) };
}

function spelled(text: string, { escaped, crlf }: Step): string {
  const lines = crlf ? text.replaceAll('\n', '\r\n') : text;
  if (!escaped) return lines;
  return lines.replace(/[^\0-\x7f]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
