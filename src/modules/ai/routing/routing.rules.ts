import type { ModelFailure } from '../models/model-failure.js';

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
const MAX_ATTEMPTS = 2;
const RETRY_DELAY_MS = 150;
const MAX_RETRY_DELAY_MS = 2_000;

/**
 * Returns the milliseconds until the same provider is asked again, or null when it is not asked again. A requested
 * `retryAfter` (seconds) is honoured only without another provider to try.
 */
export function retryDelayMs(
  { kind, retryAfter }: ModelFailure,
  attempts: number,
  isOnlyCandidate: boolean,
): number | null {
  if (attempts >= MAX_ATTEMPTS || kind === 'refused' || kind === 'timed_out') return null;
  const delayMs = retryAfter === undefined ? RETRY_DELAY_MS : retryAfter * 1000;
  if (delayMs > MAX_RETRY_DELAY_MS) return null;
  return retryAfter !== undefined && !isOnlyCandidate ? null : delayMs;
}
