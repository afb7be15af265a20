import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';

/** All times are in seconds. A session ends after 30 days, or after 7 days without a renewal of its access token. */
export const ACCESS_TOKEN_LIFETIME = 15 * MINUTE;
export const SESSION_LIFETIME = 30 * DAY;
export const IDLE_TIMEOUT = 7 * DAY;
/**
 * How long the previous refresh token still returns the current one: for lost responses, and for two tabs that refresh
 * at the same time.
 */
export const REFRESH_GRACE_PERIOD = 10;
/** How long an access token alone can renew a session that has a refresh token. */
export const BEARER_RENEWAL_PERIOD = 24 * HOUR;
/** Maximum age of the password check to set up a second factor, and of the step-up to replace one. */
export const PASSWORD_MAX_AGE = 15 * MINUTE;
export const STEP_UP_MAX_AGE = 10 * MINUTE;

/** Returns whether `verifiedAt` is at most `maxAge` seconds ago. */
export function isRecent(verifiedAt: Date | null, maxAge: number, now: Date): boolean {
  return verifiedAt !== null && now.getTime() - verifiedAt.getTime() <= maxAge * 1000;
}
