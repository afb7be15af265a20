import type { ErrorStatement } from './error-statement.js';
import type { StatedWords } from './stated-words.js';

/** The part of a request that a provider refused. */
export type Refusal =
  | { part: 'stream_options' | 'token_parameter' | 'system_role' }
  /** `largest`: the largest size that is taken, when the refusal says so. */
  | { part: 'answer_size'; largest: number | undefined }
  /** The numbers are in tokens, and undefined when the refusal does not state them. */
  | { part: 'context'; contextTokens: number | undefined; promptTokens: number | undefined };

/** The parts of the request that can be refused. */
export interface SentParts {
  streamOptions: boolean;
  systemRole: boolean;
  tokenParameter: string | undefined;
  maxTokens: number | undefined;
}

const MAX_STATED_TOKENS = 100_000_000;

export const CONTEXT_CODES: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'context_window_exceeded',
  'model_context_window_exceeded',
  'exceed_context_size_error',
  'request_too_large',
  'prompt_too_long',
]);
const CONTEXT_WORDS =
  /maximum context length|context length exceeded|exceeds? the (available )?context|exceed context limit|prompt is too long|exceeds the maximum number of tokens|exceeded model token limit|too large for model with \d+ maximum|max new tokens must be|larger than the context|context overflow/;

const TOKEN_PARAMETER = /(^|\W)(max_?(completion_|output_|new_)?tokens|maxoutputtokens|num_predict)$/;
const TOKEN_PARAMETER_WORDS = /\b(max (completion |output |new )?tokens|maxoutputtokens|num predict)\b/;
const UNKNOWN_FIELD_CODES: ReadonlySet<string> = new Set([
  'unsupported_parameter',
  'unknown_parameter',
  'unrecognized_parameter',
  'extra_forbidden',
  'value_error.extra',
]);
const UNKNOWN_FIELD_WORDS =
  /unsupported parameter|unknown (parameter|field|name)|unrecognized (request argument|parameter|field)|extra (inputs|fields) (are )?not permitted|is not supported with this model|use max (completion )?tokens instead|unexpected keyword/;
const SYSTEM_ROLE_WORDS =
  /system (role|message|messages|prompt|instruction) (is |are )?not (supported|enabled|allowed)|does not support (the )?system|developer instruction is not enabled|only user and assistant roles|roles must alternate/;

/** Returns the part of the request that a statement refuses; undefined when it does not say so. */
export function readRefusal(
  statement: ErrorStatement,
  words: StatedWords,
  sent: SentParts,
): Refusal | undefined {
  if (!mayBeRefusal(statement.status)) return undefined;
  if (isContextRefusal(statement, words)) return readContext(statement, words);
  if (sent.streamOptions && isAbout(statement, words, /(^|\W)stream_?options/, /\bstream ?options\b/))
    return { part: 'stream_options' };
  if (isAbout(statement, words, TOKEN_PARAMETER, TOKEN_PARAMETER_WORDS))
    return readTokenRefusal(statement, words, sent);
  const isAboutRole = statement.params.some((param) => /role$/.test(param));
  if (sent.systemRole && (isAboutRole || words.says(SYSTEM_ROLE_WORDS))) return { part: 'system_role' };
  return undefined;
}

export function isContextRefusal({ codes, message }: ErrorStatement, words: StatedWords): boolean {
  return codes.some((code) => CONTEXT_CODES.has(code)) || (message !== '' && words.says(CONTEXT_WORDS));
}

/** 500: some servers fail that way when the template of a model raises an error. */
function mayBeRefusal(status: number | undefined): boolean {
  return status === undefined || [400, 404, 413, 422, 500].includes(status);
}

function isAbout({ params }: ErrorStatement, words: StatedWords, param: RegExp, phrase: RegExp): boolean {
  return params.some((name) => param.test(name)) || words.says(phrase);
}

function readTokenRefusal(
  { codes }: ErrorStatement,
  words: StatedWords,
  { tokenParameter, maxTokens }: SentParts,
): Refusal | undefined {
  if (maxTokens === undefined) return undefined;
  const isUnknown = codes.some((code) => UNKNOWN_FIELD_CODES.has(code)) || words.says(UNKNOWN_FIELD_WORDS);
  if (isUnknown) return tokenParameter === undefined ? undefined : { part: 'token_parameter' };
  const isExclusive = words.says(/\bexclusive\b/) ? 1 : 0;
  const lower = words.numbers.filter((number) => number < maxTokens);
  const largest = lower.length === 0 ? undefined : Math.max(...lower) - isExclusive;
  return { part: 'answer_size', largest };
}

function readContext(statement: ErrorStatement, words: StatedWords): Refusal {
  // Anthropic: "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000".
  const sum = /context limit (\d+) (\d+) (\d+)/;
  const contextTokens =
    statement.contextTokens ??
    words.number(sum, 3) ??
    words.number(
      /(?:context length (?:is|of)|context size of|context window of|tokens allowed|token limit|maximum of|must be) (?:only )?(\d+)/,
    ) ??
    words.number(/too long \d+ tokens (\d+) maximum/) ??
    words.number(/too large for model with (\d+) maximum/);
  const promptTokens =
    statement.promptTokens ??
    words.number(sum, 1) ??
    words.number(
      /(\d+) (?:tokens )?(?:in the messages|in the prompt|in your prompt|(?:inputs? |prompt )tokens)/,
    ) ??
    words.number(/(?:resulted in|token count|prompt contains(?: at least)?|too long) (\d+)/);
  return {
    part: 'context',
    contextTokens: toPlausible(contextTokens),
    promptTokens: toPlausible(promptTokens),
  };
}

function toPlausible(tokens: number | undefined): number | undefined {
  return tokens !== undefined && tokens > 0 && tokens <= MAX_STATED_TOKENS ? tokens : undefined;
}
