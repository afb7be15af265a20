import type { ModelFailure } from '../models/model-failure.js';

/** What became of one candidate, as clients see it. */
export interface RouteStep {
  provider: string;
  model: string | null;
  outcome: 'answered' | 'failed' | 'skipped' | 'stopped';
  /** How often it was asked. */
  attempts: number;
  reason: string | null;
}

const MAX_ATTEMPTS = 2;
const RETRY_DELAY_MS = 150;
/** Longer than this nobody waits while another provider may be free. */
const MAX_RETRY_DELAY_MS = 2_000;

/** Milliseconds until the same provider is asked again; null: it is not. */
export function retryDelayMs(
  { kind, retryAfter }: ModelFailure,
  attempts: number,
  isOnlyCandidate: boolean,
): number | null {
  if (attempts >= MAX_ATTEMPTS || kind === 'refused' || kind === 'timed_out') return null;
  const delayMs = retryAfter === undefined ? RETRY_DELAY_MS : retryAfter * 1000;
  if (delayMs > MAX_RETRY_DELAY_MS) return null;
  // Who asked for time is given it only where there is nobody else to ask.
  return retryAfter !== undefined && !isOnlyCandidate ? null : delayMs;
}
