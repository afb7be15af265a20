import { readField } from '../json-fields.js';

/** What a provider says about an error. It may quote keys and prompts, so it never leaves the folder `models`. */
export interface ErrorStatement {
  /** The HTTP status, of the response or as the provider states it. */
  status: number | undefined;
  /** The fields `code`, `type`, `status` and `reason`, in lower case, the most specific ones first. */
  codes: readonly string[];
  /** The fields of the request that the error is about, in lower case. */
  params: readonly string[];
  message: string;
  /** The seconds to wait that a field of the body states. */
  retryAfter: number | undefined;
  /** The context of the model and the size of the prompt that fields of the body state, in tokens. */
  contextTokens: number | undefined;
  promptTokens: number | undefined;
}

const CODE_FIELDS = ['code', 'type', 'status', 'reason'];
const MESSAGE_FIELDS = ['message', 'msg', 'detail', 'error', 'error_description'];
/** Fields that contain further objects about the same error. */
const NESTED_FIELDS = ['error', 'errors', 'detail', 'details', 'fieldViolations', 'innererror'];
const MAX_CODE_LENGTH = 80;
const MAX_MESSAGE_LENGTH = 4_000;
const MAX_DEPTH = 4;
const MAX_ITEMS = 20;

interface Collected {
  codes: string[];
  params: string[];
  messages: string[];
  retryAfter?: number;
  contextTokens?: number;
  promptTokens?: number;
}

/** Reads an error body or an error object of any provider. */
export function readErrorStatement(body: unknown, status?: number): ErrorStatement {
  const collected: Collected = { codes: [], params: [], messages: [] };
  collect(body, collected, 0);
  const { codes, params, messages, retryAfter, contextTokens, promptTokens } = collected;
  const stated = codes.find((code) => /^[45]\d\d$/.test(code));
  const message = messages.join('\n').slice(0, MAX_MESSAGE_LENGTH);
  return {
    status: status ?? (stated === undefined ? undefined : Number(stated)),
    codes,
    params,
    message,
    retryAfter,
    contextTokens,
    promptTokens,
  };
}

/** Returns whether a field `error` says anything: some gateways send an empty one with good answers. */
export function isError(error: unknown): boolean {
  if (typeof error === 'string') return error.trim() !== '';
  if (typeof error !== 'object' || error === null) return error === true;
  const { codes, params, message } = readErrorStatement(error);
  return codes.length > 0 || params.length > 0 || message.trim() !== '';
}

function collect(value: unknown, into: Collected, depth: number): void {
  if (typeof value === 'string' && depth === 0) into.messages.push(value);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, MAX_ITEMS)) collect(item, into, depth + 1);
    return;
  }
  // Inner objects are more specific: they come first.
  for (const field of NESTED_FIELDS) collect(readField(value, field), into, depth + 1);
  for (const field of CODE_FIELDS) {
    const code = readField(value, field);
    if (isCode(code)) into.codes.push(String(code).toLowerCase());
  }
  into.params.push(...readParams(value));
  for (const field of MESSAGE_FIELDS) {
    const message = readField(value, field);
    if (typeof message === 'string') into.messages.push(message);
  }
  collectNumbers(value, into);
}

function isCode(code: unknown): boolean {
  if (typeof code === 'number') return code >= 400 && code <= 599;
  return typeof code === 'string' && code.trim() !== '' && code.length <= MAX_CODE_LENGTH;
}

/** `param` is OpenAI's, `loc` FastAPI's, `field` Google's. */
function readParams(value: object): string[] {
  const location = readField(value, 'loc');
  const params = [readField(value, 'param'), readField(value, 'field')];
  if (Array.isArray(location)) params.push(location.slice(0, MAX_ITEMS).join('.'));
  return params.flatMap((param) =>
    typeof param === 'string' && param !== '' ? [param.slice(0, MAX_CODE_LENGTH).toLowerCase()] : [],
  );
}

function collectNumbers(value: object, into: Collected): void {
  into.retryAfter ??= readWait(value);
  // The fields of llama.cpp.
  into.contextTokens ??= readCount(value, 'n_ctx');
  into.promptTokens ??= readCount(value, 'n_prompt_tokens');
}

function readWait(value: object): number | undefined {
  const milliseconds = Number(readField(value, 'retry_after_ms') ?? NaN);
  if (milliseconds >= 0) return milliseconds / 1000;
  for (const field of ['retry_after', 'retryAfter', 'retry_after_seconds', 'retryDelay']) {
    const stated = readField(value, field);
    const text = typeof stated === 'number' || typeof stated === 'string' ? String(stated) : '';
    if (/^\d+(\.\d+)?s?$/.test(text)) return parseFloat(text);
  }
  return undefined;
}

function readCount(value: object, field: string): number | undefined {
  const count = readField(value, field);
  return typeof count === 'number' && count > 0 ? count : undefined;
}
