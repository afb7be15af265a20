import type { AppError } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { FailureReason, ModelFailure } from '../models/model-failure.js';

/** The outcome of one provider, as clients see it. */
export interface RouteStep {
  provider: string;
  model: string | null;
  outcome: 'answered' | 'failed' | 'skipped' | 'stopped';
  /** How many requests it got. */
  attempts: number;
  reason: string | null;
}

/** Shorter answers, in tokens, are useless: no provider is asked with a lower limit. */
export const MIN_ANSWER_TOKENS = 16;
/** The requests that one question may send, repeats for what a provider refused included. */
export const MAX_REQUESTS = 8;
export const MAX_REQUESTS_PER_PROVIDER = 4;
const MAX_FAILED_ATTEMPTS = 2;
const RETRY_DELAY_MS = 150;
const MAX_RETRY_DELAY_MS = 2_000;

/**
 * Returns the milliseconds until the same provider is asked again, or null when it is not asked again. A requested
 * `retryAfter` (seconds) is honoured only without another provider to try.
 */
export function retryDelayMs(
  { kind, retryAfter }: ModelFailure,
  failedAttempts: number,
  isOnlyCandidate: boolean,
): number | null {
  if (failedAttempts >= MAX_FAILED_ATTEMPTS || kind === 'refused' || kind === 'timed_out') return null;
  const delayMs = retryAfter === undefined ? RETRY_DELAY_MS : retryAfter * 1000;
  if (delayMs > MAX_RETRY_DELAY_MS) return null;
  return retryAfter !== undefined && !isOnlyCandidate ? null : delayMs;
}

/** Returns false when earlier attempts have left too few tokens for another one; undefined means no limit. */
export function hasTokensLeft(remainingTokens: number | undefined): boolean {
  return (remainingTokens ?? MIN_ANSWER_TOKENS) >= MIN_ANSWER_TOKENS;
}

/** Reasons of requests that were accepted. A malformed answer may be a page of a gateway, which is not billed. */
const BILLED_REASONS: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'incomplete_answer',
  'empty_answer',
  'no_answer_in_time',
  'fell_silent',
]);

/** Returns whether the provider may bill a request that failed. */
export function mayBeBilled({ reason, received }: ModelFailure): boolean {
  return BILLED_REASONS.has(reason) || (received !== undefined && received.characters > 0);
}

/** Returns the error for the failure of a provider that the request has named. */
export function toProviderError({ kind, retryAfter }: ModelFailure, data: Record<string, unknown>): AppError {
  switch (kind) {
    case 'refused':
      return aiErrors.provider_failed({ data, permanent: true });
    case 'broken':
      return aiErrors.provider_failed({ data });
    case 'overloaded':
      return aiErrors.ai_unavailable({ data: { providers: [data] }, retryAfter: retryAfter ?? 5 });
    case 'timed_out':
      return aiErrors.provider_timeout({ data });
  }
}
