import { MINUTE } from '@/platform/kernel/durations.js';

/** Seconds after which a session without activity counts as ended, at its last activity. */
export const INACTIVITY_TIMEOUT = 30 * MINUTE;

/** Whole seconds of learning: of an active session up to now. */
export function durationSeconds(
  { started_at, ended_at }: { started_at: Date; ended_at: Date | null },
  now: Date,
): number {
  return Math.max(0, Math.floor(((ended_at ?? now).getTime() - started_at.getTime()) / 1000));
}
