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

const ATTEMPTS = 2;
const PAUSE_MS = 150;
/** Longer than this nobody waits while another provider may be free. */
const LONGEST_PAUSE_MS = 2_000;

/** Milliseconds until the same provider is asked again; null: it is not. */
export function pauseBefore(
  { kind, retryAfter }: ModelFailure,
  attempts: number,
  alone: boolean,
): number | null {
  if (attempts >= ATTEMPTS || kind === 'refused' || kind === 'timed_out') return null;
  const pause = retryAfter === undefined ? PAUSE_MS : retryAfter * 1000;
  if (pause > LONGEST_PAUSE_MS) return null;
  // Who asked for time is given it only where there is nobody else to ask.
  return retryAfter !== undefined && !alone ? null : pause;
}
