import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type ScriptedAnswer, getTokens } from './scripted-answer.js';
import type { WireProtocol, WireToolCall } from './wire-protocol.js';

/** The bytes and pauses of a response. It is built once for a scripted answer and sent for each request. */
export interface ResponsePlan {
  status: number;
  headers: Record<string, string>;
  /** Written one by one, each after `delayMs`. */
  writes: readonly Buffer[];
  /** The number of writes before the response waits for the test. */
  holdAfterWrites: number | undefined;
  firstByteMs: number;
  delayMs: number;
  /** Sends each write in a packet of its own. */
  separatePackets: boolean;
  connectionEnd: 'end' | 'drop' | 'stall';
}

/** The parts of a request that decide the shape of the answer. */
export interface AnswerRequest {
  model: string;
  streaming: boolean;
}

export function buildResponsePlan(
  step: ScriptedAnswer,
  protocol: WireProtocol,
  request: AnswerRequest,
): ResponsePlan {
  const { firstByteMs = 0, delayMs = 0, split } = step;
  const { texts, connectionEnd } = buildTexts(step, protocol, request);
  const type = request.streaming && isSuccess(step) ? protocol.contentType : 'application/json';
  const bytes = texts.map((text) => Buffer.from(encodeText(text, step), 'utf8'));
  const fullBytes = encodeBody(Buffer.concat(bytes), step);
  const writes = split
    ? splitBytes(fullBytes, split)
    : request.streaming && !step.encoding
      ? bytes
      : [fullBytes];
  const headers: Record<string, string> = { 'content-type': step.contentType ?? type, ...step.headers };
  if (step.encoding) headers['content-encoding'] = step.encoding;
  if (!request.streaming && connectionEnd !== 'end')
    headers['content-length'] = String(fullBytes.length + 100);
  return {
    status: step.status ?? 200,
    headers,
    connectionEnd,
    firstByteMs,
    holdAfterWrites:
      step.hold === undefined ? undefined : request.streaming ? countWrites(step, step.hold) : 0,
    writes: writes.filter(({ length }) => length > 0),
    delayMs: split ? 0 : delayMs,
    separatePackets: split !== undefined,
  };
}

/** Returns the number of writes up to the given number of tokens. */
function countWrites({ pings = 0, reasoning = 0, insert }: ScriptedAnswer, tokens: number): number {
  if (tokens === 0) return 0;
  return pings + reasoning + tokens + (insert && insert.after < tokens ? 1 : 0);
}

function isSuccess({ status = 200 }: ScriptedAnswer): boolean {
  return status === 200;
}

interface AnswerTexts {
  texts: string[];
  connectionEnd: ResponsePlan['connectionEnd'];
}

function buildTexts(step: ScriptedAnswer, protocol: WireProtocol, request: AnswerRequest): AnswerTexts {
  const raw = step.raw ?? (isSuccess(step) ? undefined : (step.body ?? '{"error":{"message":"no"}}'));
  if (raw !== undefined) return { texts: [raw], connectionEnd: step.loseEnd ?? 'end' };
  return request.streaming ? streamedTexts(step, protocol, request) : fullTexts(step, protocol, request);
}

function getInterruption(step: ScriptedAnswer): {
  cut: number | undefined;
  ending: ResponsePlan['connectionEnd'];
} {
  if (step.dropAfter !== undefined) return { cut: step.dropAfter, ending: 'drop' };
  if (step.stallAfter !== undefined) return { cut: step.stallAfter, ending: 'stall' };
  return { cut: step.truncateAfter ?? step.errorAfter, ending: step.loseEnd ?? 'end' };
}

function streamedTexts(step: ScriptedAnswer, protocol: WireProtocol, { model }: AnswerRequest): AnswerTexts {
  const { cut, ending } = getInterruption(step);
  const tokens = getTokens(step);
  const texts = Array.from({ length: step.reasoning ?? 0 }, () => protocol.reasoning('hm ', model));
  for (const [index, token] of tokens.slice(0, cut).entries()) {
    if (step.insert?.after === index) texts.push(step.insert.raw);
    texts.push(protocol.token(token, model));
  }
  const calls = cut === undefined ? toWireCalls(step) : [];
  texts.push(...calls.map((call, position) => protocol.toolCall(call, position, model)));
  if (step.errorAfter !== undefined) texts.push(protocol.error(step.error));
  if (cut === undefined) texts.push(protocol.endEvents(completionInfo(step, model, tokens.length)));
  if (step.append !== undefined) texts.push(step.append);
  // The start events are sent with the first token, because `delayMs` is the delay of a token.
  const [first = '', ...rest] = texts;
  const pings = Array.from({ length: step.pings ?? 0 }, () => protocol.keepAlive);
  return { texts: [...pings, protocol.startEvents(model) + first, ...rest], connectionEnd: ending };
}

/** Without a stream, a cut after k tokens keeps the same share of the bytes of the body. */
function fullTexts(step: ScriptedAnswer, protocol: WireProtocol, { model }: AnswerRequest): AnswerTexts {
  const { cut, ending } = getInterruption(step);
  const tokens = getTokens(step);
  if (step.errorAfter !== undefined) {
    const error = protocol.error(step.error).replace(/^(event: .*\n)?data: /, '');
    return { texts: [error.trim()], connectionEnd: ending };
  }
  const text = JSON.stringify(protocol.fullBody(tokens.join(''), completionInfo(step, model, tokens.length)));
  const part = cut === undefined ? 1 : (cut + 1) / (tokens.length + 2);
  return { texts: [text.slice(0, Math.ceil(text.length * part))], connectionEnd: ending };
}

function completionInfo(
  step: ScriptedAnswer,
  model: string,
  output: number,
): Parameters<WireProtocol['endEvents']>[0] {
  return {
    model,
    toolCalls: toWireCalls(step),
    usageFields: step.usageFields,
    finish: step.finish,
    usage: step.noUsage ? null : (step.usage ?? { input: 7, output }),
  };
}

function toWireCalls({ toolCalls = [] }: ScriptedAnswer): WireToolCall[] {
  return toolCalls.map((call, position) => ({ id: `call_${position + 1}`, ...call }));
}

function encodeText(text: string, { escaped, crlf }: ScriptedAnswer): string {
  const lines = crlf ? text.replaceAll('\n', '\r\n') : text;
  if (!escaped) return lines;
  return lines.replace(/[^\0-\x7f]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

const COMPRESSIONS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

function encodeBody(bytes: Buffer, { encoding }: ScriptedAnswer): Buffer {
  return encoding ? COMPRESSIONS[encoding](bytes) : bytes;
}

function splitBytes(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
