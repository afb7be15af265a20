import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';

/** Seconds. Contract: decisions 2. */
export const ACCESS_TOKEN_LIFE = 15 * MINUTE;
export const SESSION_LIFE = 30 * DAY;
export const IDLE_LIFE = 7 * DAY;
/** How long the token before the present one is answered with the present one: a lost response, two tabs. */
export const REFRESH_GRACE = 10;
/** On a session with a refresh token, how long a bearer alone may renew it. */
export const BEARER_RENEWAL = 24 * HOUR;
/** How fresh a password login must be to set up a second factor, and a step-up to replace one. */
export const PASSWORD_FRESH = 15 * MINUTE;
export const STEP_UP_FRESH = 10 * MINUTE;

export function isFresh(proved: Date | null, life: number, now: Date): boolean {
  return proved !== null && now.getTime() - proved.getTime() <= life * 1000;
}
