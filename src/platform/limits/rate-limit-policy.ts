/** At most `limit` uses in `window` seconds for each key, in a sliding window. */
export interface RateLimitPolicy {
  name: string;
  limit: number;
  window: number;
  /** Protects a secret against guessing: `RATE_LIMITS=off` does not disable it. */
  lock?: true;
  /** A success removes all counted attempts of the key, not only its own. */
  clearedBySuccess?: true;
}

/** A use of a window. The first part of the key is its subject; see `RateLimiter.clearSubject`. */
export interface RateLimitUse {
  policy: RateLimitPolicy;
  key: [subject: string, ...parts: string[]];
}

/** A use in the store. */
export interface StoredUse {
  policy: RateLimitPolicy;
  key: Buffer;
  at: Date;
}

/** A counted use, which can be released. */
export interface RateLimitReservation extends StoredUse {
  /** Uses in the window, including this one. */
  count: number;
}

export interface RateLimitDecision {
  allowed: boolean;
  count: number;
  /** When the oldest counted use leaves the window. */
  retryAt: Date;
}

/** Stores sliding windows. `consume` atomically counts a use, unless the window is full. */
export abstract class WindowStore {
  abstract consume(policy: RateLimitPolicy, key: Buffer, at: Date): Promise<RateLimitDecision>;
}
