import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';
import type { RateLimitPolicy } from '@/platform/limits/index.js';

/** Contract: decisions 4. Durations in seconds. */
export const CHALLENGE_LIFETIME = 10 * MINUTE;
export const PENDING_FACTOR_LIFETIME = 10 * MINUTE;
export const EMAIL_CODE_LIFETIME = 10 * MINUTE;
export const MAX_EMAIL_CODE_TRIES = 5;
export const RESEND_DELAY = 60;
export const MAX_RESENDS = 5;
export const BACKUP_CODE_COUNT = 10;

/** Wrong codes of one user, over all factors and both APIs. */
export const WRONG_CODE_LIMIT: RateLimitPolicy = { name: 'two-factor', limit: 5, window: 15 * MINUTE };
export const DAILY_WRONG_CODE_LIMIT: RateLimitPolicy = { name: 'two-factor-day', limit: 20, window: DAY };
export const EMAIL_CODE_LIMIT: RateLimitPolicy = { name: 'mailed-codes', limit: 5, window: HOUR };

/** Returns whether the text has the form of a TOTP or e-mail code. */
export function isOneTimeCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

/** Returns the 16 characters of a backup code in any case and grouping (`abcd efgh…`); null for other text. */
export function normalizeBackupCode(code: string): string | null {
  const plain = code.replace(/[\s-]/g, '').toUpperCase();
  return /^[A-Z2-7]{16}$/.test(plain) ? plain : null;
}

/** Groups a backup code by four: `ABCD-EFGH-IJKL-MNOP`. */
export function formatBackupCode(plain: string): string {
  return plain.match(/.{4}/g)?.join('-') ?? plain;
}
