import { GoogleFailure } from '../google/google-failure.js';
import type { GoogleAnswer } from '../google/google-http.js';
import { readReasons } from './calendar-answers.js';

const RATE_REASONS: readonly string[] = ['rateLimitExceeded', 'userRateLimitExceeded'];
/** These pass after hours, so a repetition within seconds is useless. */
const QUOTA_REASONS: readonly string[] = ['quotaExceeded', 'dailyLimitExceeded'];
const SCOPE_REASONS: readonly string[] = ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'];

const QUOTA_RETRY_AFTER = 3_600;
const FIRST_DELAY_MS = 250;
/** A service that asks for a longer pause is not asked again. */
const MAX_DELAY_MS = 3_000;
const MAX_ATTEMPTS = 4;

/** Returns the failure that an answer tells, or null when the operation has to judge the answer. */
export function findFailure({ status, body, retryAfter }: GoogleAnswer): GoogleFailure | null {
  const reasons = status === 403 ? readReasons(body) : [];
  const isRateLimited = status === 429 || reasons.some((reason) => RATE_REASONS.includes(reason));
  if (isRateLimited) return new GoogleFailure('rate_limited', retryAfter, String(status));
  if (reasons.some((reason) => QUOTA_REASONS.includes(reason)))
    return new GoogleFailure('rate_limited', retryAfter ?? QUOTA_RETRY_AFTER, String(status));
  return status >= 500 ? new GoogleFailure('provider_failed', retryAfter, String(status)) : null;
}

export function isScopeRefusal({ status, body }: GoogleAnswer): boolean {
  return status === 403 && readReasons(body).some((reason) => SCOPE_REASONS.includes(reason));
}

/**
 * Returns the milliseconds after which a failed request is repeated; null when a repetition is useless. `random` is between 0 and
 * 1: half of the delay is random, so that many clients do not repeat at the same time.
 */
export function repeatDelay(
  { reason, retryAfter }: GoogleFailure,
  attempt: number,
  random: number,
): number | null {
  if (attempt >= MAX_ATTEMPTS || !['rate_limited', 'provider_failed', 'unreachable'].includes(reason))
    return null;
  const longest = FIRST_DELAY_MS * 2 ** (attempt - 1);
  const delay = Math.max((longest * (1 + random)) / 2, (retryAfter ?? 0) * 1000);
  return delay <= MAX_DELAY_MS ? delay : null;
}
