import { type FailureReason, failureFromStatus, ModelFailure } from '../model-failure.js';
import { type ErrorStatement, isError, readErrorStatement } from './error-statement.js';
import { CONTEXT_CODES, isContextRefusal } from './refusal.js';
import type { StatedWords } from './stated-words.js';

/**
 * A failure with what the provider said about it. It is interpreted inside the folder `models` and never leaves it, so
 * that no text of a provider is logged or sent.
 */
export class ProviderError extends ModelFailure {
  constructor(
    { reason, retryAfter, detail }: ModelFailure,
    readonly statement: ErrorStatement,
  ) {
    super(reason, retryAfter, detail);
  }
}

/** Codes of the error objects of all providers, in lower case. */
const REASON_BY_CODE: ReadonlyMap<string, FailureReason> = new Map([
  ...toEntries('unpaid', [
    'insufficient_quota',
    'insufficient_balance',
    'insufficient_credits',
    'billing_error',
    'billing_not_active',
    'billing_hard_limit_reached',
    'payment_required',
    'exceeded_current_quota_error',
  ]),
  ...toEntries('prompt_too_long', [...CONTEXT_CODES]),
  ...toEntries('key_rejected', [
    'invalid_api_key',
    'authentication_error',
    'api_key_invalid',
    'api_key_expired',
  ]),
  ...toEntries('model_unknown', ['model_not_found', 'not_found_error']),
  ...toEntries('rate_limited', [
    'rate_limit_error',
    'rate_limit_exceeded',
    'rate_limit_reached_error',
    'resource_exhausted',
    'too_many_requests',
  ]),
  ...toEntries('busy', [
    'overloaded_error',
    'overloaded',
    'engine_overloaded',
    'engine_overloaded_error',
    'server_overloaded',
    'service_unavailable',
    'unavailable',
  ]),
]);

const UNPAID_WORDS =
  /credit balance is too low|insufficient (account )?(balance|credits?|funds)|requires more credits|account is not active please check your billing/;
const WAIT_WORDS =
  /(?:try again|retry) (?:in|after) (?:(\d+)m ?)?(\d+(?: \d+)?) ?(ms|s|sec|second|seconds|m|minute|minutes)\b/;

function toEntries(reason: FailureReason, codes: readonly string[]): [string, FailureReason][] {
  return codes.map((code) => [code, reason]);
}

/** Throws for an error inside a response with status 200, unless the error says nothing or the answer is complete. */
export function throwStatedError(error: unknown, { isComplete }: { isComplete: boolean }): void {
  if (isComplete || !isError(error)) return;
  throw toProviderError(readErrorStatement({ error }));
}

/** Maps the status and the codes of a statement. Its message is not read: it may quote the question. */
export function toProviderError(statement: ErrorStatement, retryAfter?: number): ProviderError {
  const { codes, status } = statement;
  const named = codes.map((code) => REASON_BY_CODE.get(code)).find((reason) => reason !== undefined);
  const byStatus = status === undefined ? new ModelFailure('server_error') : failureFromStatus(status);
  const wait = retryAfter ?? toWholeSeconds(statement.retryAfter);
  return new ProviderError(new ModelFailure(named ?? byStatus.reason, wait, byStatus.detail), statement);
}

/** Returns the failure without the statement, made more exact by the words of its message. */
export function interpretProviderError(error: ProviderError, words: StatedWords): ModelFailure {
  const { statement, detail } = error;
  const isRefused = error.reason === 'request_rejected' || error.reason === 'server_error';
  const reason =
    isRefused && words.says(UNPAID_WORDS)
      ? 'unpaid'
      : isRefused && isContextRefusal(statement, words)
        ? 'prompt_too_long'
        : error.reason;
  const failure = new ModelFailure(reason, error.retryAfter ?? readWait(error, words), detail);
  failure.received = error.received;
  return failure;
}

/** Returns the seconds to wait that the message of an overloaded provider states. */
function readWait({ kind }: ModelFailure, words: StatedWords): number | undefined {
  if (kind !== 'overloaded') return undefined;
  const [minutes, amount, unit] = words.groups(WAIT_WORDS) ?? [];
  if (amount === undefined) return undefined;
  const value = Number(amount.replace(' ', '.'));
  const factor = unit === 'ms' ? 0.001 : unit?.startsWith('m') ? 60 : 1;
  return toWholeSeconds(Number(minutes ?? 0) * 60 + value * factor);
}

/** Longer waits are shortened to this, in seconds. */
const MAX_RETRY_AFTER = 3600;

function toWholeSeconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.min(MAX_RETRY_AFTER, Math.max(0, Math.ceil(seconds)));
}
