/**
 * `refused`: it understood and said no (bad key, bad request, unknown model). `overloaded`: too busy or over a
 * limit. `broken`: unreachable, a server fault, or an answer that is not whole. `timed_out`: silent for too long.
 */
type FailureKind = 'refused' | 'overloaded' | 'broken' | 'timed_out';

/** What went wrong, in our own plain words; a provider's text never goes in. */
export type FailureReason =
  | 'key_rejected'
  | 'model_unknown'
  | 'request_rejected'
  | 'rate_limited'
  | 'busy'
  | 'unreachable'
  | 'server_error'
  | 'malformed_answer'
  | 'incomplete_answer'
  | 'no_answer_in_time'
  | 'fell_silent';

const KIND_BY_REASON: Readonly<Record<FailureReason, FailureKind>> = {
  key_rejected: 'refused',
  model_unknown: 'refused',
  request_rejected: 'refused',
  rate_limited: 'overloaded',
  busy: 'overloaded',
  unreachable: 'broken',
  server_error: 'broken',
  malformed_answer: 'broken',
  incomplete_answer: 'broken',
  no_answer_in_time: 'timed_out',
  fell_silent: 'timed_out',
};

/** The only error a model throws. It has nothing that the provider said. */
export class ModelFailure extends Error {
  readonly kind: FailureKind;

  constructor(
    readonly reason: FailureReason,
    /** Seconds, where the provider asked to wait. */
    readonly retryAfter?: number,
    /** HTTP status, or the code of a network error; safe to log. */
    readonly detail?: string,
  ) {
    super(reason);
    this.name = 'ModelFailure';
    this.kind = KIND_BY_REASON[reason];
  }
}

const REASON_BY_STATUS: Readonly<Record<number, FailureReason>> = {
  401: 'key_rejected',
  403: 'key_rejected',
  404: 'model_unknown',
  408: 'busy',
  425: 'busy',
  429: 'rate_limited',
  503: 'busy',
  529: 'busy',
};

/** What a status other than 200 means. */
export function failureFromStatus(status: number, retryAfter?: number): ModelFailure {
  const reason =
    REASON_BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'request_rejected' : 'server_error');
  return new ModelFailure(reason, retryAfter, String(status));
}

/** What a network error means; `answering`: the head of a good answer was there, so its rest is missing. */
export function failureFromNetworkError(error: unknown, responseStarted: boolean): ModelFailure {
  const isParserError = error instanceof Error && error.name === 'HTTPParserError';
  const lossReason = responseStarted ? 'incomplete_answer' : 'unreachable';
  return new ModelFailure(isParserError ? 'malformed_answer' : lossReason, undefined, toErrorCode(error));
}

/** Only what looks like a constant: an error's other fields may quote what came over the wire. */
function toErrorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,50}$/.test(code) ? code : undefined;
}
