import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';
import type { RateLimitPolicy } from '@/platform/limits/index.js';

/**
 * Durations in seconds. A log-in, a set-up and an e-mail code are valid for 10 minutes. An e-mail code ends after five
 * tries, and another one is sent after a minute at the earliest, at most five times for each log-in.
 */
export const CHALLENGE_LIFETIME = 10 * MINUTE;
export const PENDING_FACTOR_LIFETIME = 10 * MINUTE;
export const EMAIL_CODE_LIFETIME = 10 * MINUTE;
export const MAX_EMAIL_CODE_TRIES = 5;
export const RESEND_DELAY = 60;
export const MAX_RESENDS = 5;
export const BACKUP_CODE_COUNT = 10;

/** Wrong codes of one user, over all factors and both APIs. */
export const WRONG_CODE_LIMIT: RateLimitPolicy = {
  name: 'two-factor',
  limit: 5,
  window: 15 * MINUTE,
  lock: true,
  clearedBySuccess: true,
};
export const DAILY_WRONG_CODE_LIMIT: RateLimitPolicy = {
  name: 'two-factor-day',
  limit: 20,
  window: DAY,
  lock: true,
};
export const EMAIL_CODE_LIMIT: RateLimitPolicy = { name: 'mailed-codes', limit: 5, window: HOUR };

/**
 * Returns a code as it was issued: without spaces, dashes and invisible characters, and with the decimal digits of every
 * script as 0 to 9.
 */
export function normalizeCode(code: string): string {
  return code
    .normalize('NFKC')
    .replace(/[\s\p{Z}\p{Pd}\u2212\p{Cf}]/gu, '')
    .replace(/\p{Nd}/gu, toAsciiDigit);
}

/** The decimal digits of a script follow each other from zero to nine, and other scripts may follow directly. */
function toAsciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0;
  let first = codePoint;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((codePoint - first) % 10);
}

/** Returns whether the text has the form of a TOTP or e-mail code. */
export function isOneTimeCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

/** Returns the 16 characters of a backup code in any case and grouping (`abcd efgh…`); null for other text. */
export function normalizeBackupCode(code: string): string | null {
  const plain = normalizeCode(code).toUpperCase();
  return /^[A-Z2-7]{16}$/.test(plain) ? plain : null;
}

/** Groups a backup code by four: `ABCD-EFGH-IJKL-MNOP`. */
export function formatBackupCode(plain: string): string {
  return plain.match(/.{4}/g)?.join('-') ?? plain;
}
