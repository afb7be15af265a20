import type { TokenUsage } from './language-model.js';

/**
 * `refused`: the provider rejected the request (bad key, no credit, bad request, unknown model). `overloaded`: it is busy or a
 * rate limit is reached. `broken`: it is unreachable, failed, or its answer is malformed or incomplete. `timed_out`:
 * it sent nothing for too long.
 */
type FailureKind = 'refused' | 'overloaded' | 'broken' | 'timed_out';

/** The cause of a failure. */
export type FailureReason =
  | 'key_rejected'
  | 'unpaid'
  | 'model_unknown'
  | 'request_rejected'
  | 'prompt_too_long'
  | 'rate_limited'
  | 'busy'
  | 'unreachable'
  | 'server_error'
  | 'malformed_answer'
  | 'incomplete_answer'
  | 'empty_answer'
  | 'no_answer_in_time'
  | 'fell_silent';

const KIND_BY_REASON: Readonly<Record<FailureReason, FailureKind>> = {
  key_rejected: 'refused',
  unpaid: 'refused',
  model_unknown: 'refused',
  request_rejected: 'refused',
  prompt_too_long: 'refused',
  rate_limited: 'overloaded',
  busy: 'overloaded',
  unreachable: 'broken',
  server_error: 'broken',
  malformed_answer: 'broken',
  incomplete_answer: 'broken',
  empty_answer: 'broken',
  no_answer_in_time: 'timed_out',
  fell_silent: 'timed_out',
};

/** What arrived of an answer before it failed. */
export interface ReceivedPart {
  /** The characters of the answer and of the thinking. */
  characters: number;
  /** Null when the provider has not reported it. */
  usage: TokenUsage | null;
}

/** The only error that a model throws. It contains no text of the provider, so it is safe to log. */
export class ModelFailure extends Error {
  readonly kind: FailureKind;
  /** Undefined when no response has been read. */
  received: ReceivedPart | undefined;

  constructor(
    readonly reason: FailureReason,
    /** How long the provider asked to wait, in seconds. */
    readonly retryAfter?: number,
    /** The HTTP status, or the code of a network error. */
    readonly detail?: string,
  ) {
    super(reason);
    this.name = 'ModelFailure';
    this.kind = KIND_BY_REASON[reason];
  }
}

const REASON_BY_STATUS: Readonly<Record<number, FailureReason>> = {
  401: 'key_rejected',
  402: 'unpaid',
  403: 'key_rejected',
  404: 'model_unknown',
  408: 'busy',
  425: 'busy',
  429: 'rate_limited',
  503: 'busy',
  529: 'busy',
};

/** Maps an HTTP status of 300 and more to a failure. */
export function failureFromStatus(status: number, retryAfter?: number): ModelFailure {
  const reason =
    REASON_BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'request_rejected' : 'server_error');
  return new ModelFailure(reason, retryAfter, String(status));
}

/** Maps a network error to a failure. `responseStarted`: the head of a successful response has arrived. */
export function failureFromNetworkError(error: unknown, responseStarted: boolean): ModelFailure {
  const isParserError = error instanceof Error && error.name === 'HTTPParserError';
  const lossReason = responseStarted ? 'incomplete_answer' : 'unreachable';
  return new ModelFailure(isParserError ? 'malformed_answer' : lossReason, undefined, toErrorCode(error));
}

/** Returns the code of an error if it looks like a constant: any other text may quote data of the provider. */
function toErrorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,50}$/.test(code) ? code : undefined;
}

/** The texts that clients get. The text of a provider is never passed on: it may quote keys or prompts. */
const MESSAGES: Readonly<Record<FailureReason, string>> = {
  key_rejected: 'It rejected its API key.',
  unpaid: 'Its account has no credit left.',
  model_unknown: 'It does not know the model.',
  request_rejected: 'It rejected the request.',
  prompt_too_long: 'Its model cannot take such a long conversation.',
  rate_limited: 'Its rate limit is reached.',
  busy: 'It is overloaded.',
  unreachable: 'It cannot be reached.',
  server_error: 'It failed with a server error.',
  malformed_answer: 'Its answer was malformed.',
  incomplete_answer: 'Its answer was incomplete.',
  empty_answer: 'Its answer was empty.',
  no_answer_in_time: 'It did not answer in time.',
  fell_silent: 'It stopped sending before its answer was complete.',
};

export function failureMessage({ reason }: ModelFailure): string {
  return MESSAGES[reason];
}

/** Returns the reason for a known provider that lacks its environment variable. */
export function notConfiguredMessage(variable: string): string {
  return `It is not configured on this server (${variable}).`;
}
