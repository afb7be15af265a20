import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';

/** Seconds. Contract: decisions 2. */
export const ACCESS_TOKEN_LIFETIME = 15 * MINUTE;
export const SESSION_LIFETIME = 30 * DAY;
export const IDLE_TIMEOUT = 7 * DAY;
/** How long the token before the present one is answered with the present one: a lost response, two tabs. */
export const REFRESH_GRACE_PERIOD = 10;
/** On a session with a refresh token, how long a bearer alone may renew it. */
export const BEARER_RENEWAL_PERIOD = 24 * HOUR;
/** How fresh a password login must be to set up a second factor, and a step-up to replace one. */
export const PASSWORD_MAX_AGE = 15 * MINUTE;
export const STEP_UP_MAX_AGE = 10 * MINUTE;

export function isRecent(verifiedAt: Date | null, maxAge: number, now: Date): boolean {
  return verifiedAt !== null && now.getTime() - verifiedAt.getTime() <= maxAge * 1000;
}
