import { MINUTE } from '@/platform/kernel/durations.js';

/** Seconds without activity after which a session counts as ended. */
export const INACTIVITY_TIMEOUT = 30 * MINUTE;

/** Returns the whole seconds from the start to the end of a session, or to `now` while it is active. */
export function durationSeconds(
  { started_at, ended_at }: { started_at: Date; ended_at: Date | null },
  now: Date,
): number {
  return Math.max(0, Math.floor(((ended_at ?? now).getTime() - started_at.getTime()) / 1000));
}
