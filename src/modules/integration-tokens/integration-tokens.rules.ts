import { DAY, HOUR } from '@/platform/kernel/durations.js';

/** Contract: decisions 10. Durations in seconds. */
export const GRANT_SCOPES = ['profile:read', 'quota:read', 'live:use'] as const;
export type GrantScope = (typeof GRANT_SCOPES)[number];

export const GRANT_MODES = ['api', 'embed'] as const;
export type GrantMode = (typeof GRANT_MODES)[number];

export const TTL = { min: 30, max: HOUR, default: 120 };
/** How long a key pair signs, and how much longer its public half is shown: the longest life of a token. */
export const KEY_LIFETIME = 90 * DAY;
export const KEY_OVERLAP = HOUR;
/** How long a grant is kept once it is over, for the revocation list. */
export const GRANT_RETENTION = 30 * DAY;

export const AUDIENCE = 'xentree:integration';

/** URLs may have `*`, `,` or `;` in their host; an origin that ends up in other people's headers may not. */
const HOST_PATTERN = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/;

/** One exact web origin: https, or http on localhost; no path, no trailing slash, no default port. */
export function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, protocol, hostname } = new URL(value);
  return (
    origin === value &&
    HOST_PATTERN.test(hostname) &&
    (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost'))
  );
}

/** The seconds a grant was made for; its end was cut to a whole second. */
export function lifetimeSeconds({ issued_at, valid_until }: { issued_at: Date; valid_until: Date }): number {
  return Math.ceil((valid_until.getTime() - issued_at.getTime()) / 1000);
}

/** `AA:BB:…`, as people compare it. */
export function formatFingerprint(digest: Buffer): string {
  return (digest.toString('hex').toUpperCase().match(/../g) ?? []).join(':');
}
