import { createHmac } from 'node:crypto';
import { DAY } from '@/platform/kernel/durations.js';

/** The format of Standard Webhooks: this prefix, then the key in base64. */
const SECRET_PREFIX = 'whsec_';
export const SECRET_BYTES = 32;
export const SECRET_PURPOSE = 'webhook-secret';

/** A replaced secret signs for this time, in which receivers take over the new one. */
export const SECRET_OVERLAP = DAY;

export function toSecret(key: Buffer): string {
  return SECRET_PREFIX + key.toString('base64');
}

/** What the signature of a message covers. */
export interface SignedMessage {
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  payload: string;
}

/** Returns the value of `webhook-signature`: one signature for each secret. */
export function signMessage({ id, timestamp, payload }: SignedMessage, secrets: readonly string[]): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')}`;
    })
    .join(' ');
}
