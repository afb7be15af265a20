import { DAY, HOUR } from '@/platform/kernel/durations.js';

export const GRANT_SCOPES = ['profile:read', 'quota:read', 'live:use'] as const;
export type GrantScope = (typeof GRANT_SCOPES)[number];

export const GRANT_MODES = ['api', 'embed'] as const;
export type GrantMode = (typeof GRANT_MODES)[number];

/** Lifetime of a token in seconds. */
export const TTL = { min: 30, max: HOUR, default: 120 };
/** Seconds after which the next grant replaces the key pair. */
export const KEY_LIFETIME = 90 * DAY;
/** Seconds a replaced public key stays published: the longest lifetime of a token it has signed. */
export const KEY_OVERLAP = TTL.max;
/** Seconds an expired grant is kept, so that the revocation list still shows it. */
export const GRANT_RETENTION = 30 * DAY;

export const AUDIENCE = 'xentree:integration';

/** Excludes `*`, `,` and `;`, which a URL host may contain but which have a meaning in HTTP headers. */
const HOST_PATTERN = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/;

/** True for one exact web origin: https, or http on localhost; no path, no trailing slash, no default port. */
export function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, protocol, hostname } = new URL(value);
  return (
    origin === value &&
    HOST_PATTERN.test(hostname) &&
    (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost'))
  );
}

/** Returns the requested lifetime. `valid_until` was rounded down to a whole second, hence the rounding up. */
export function lifetimeSeconds({ issued_at, valid_until }: { issued_at: Date; valid_until: Date }): number {
  return Math.ceil((valid_until.getTime() - issued_at.getTime()) / 1000);
}

/** Formats a digest as `AA:BB:…`. */
export function formatFingerprint(digest: Buffer): string {
  return (digest.toString('hex').toUpperCase().match(/../g) ?? []).join(':');
}
