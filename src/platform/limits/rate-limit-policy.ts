/** At most `limit` uses in `window` seconds for each key, in a sliding window. */
export interface RateLimitPolicy {
  name: string;
  limit: number;
  window: number;
}

/** A counted use, which can be released. */
export interface RateLimitReservation {
  policy: RateLimitPolicy;
  key: Buffer;
  at: Date;
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
