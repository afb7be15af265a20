/** At most `limit` within any `window` seconds, counted per key over a sliding window. */
export interface RateLimitPolicy {
  name: string;
  limit: number;
  window: number;
}

/** One counted use, so that it can be given back. */
export interface RateLimitReservation {
  policy: RateLimitPolicy;
  key: Buffer;
  at: Date;
  /** Uses in the window, this one included. */
  count: number;
}

export interface RateLimitDecision {
  allowed: boolean;
  count: number;
  /** When the oldest counted use leaves the window. */
  retryAt: Date;
}

/** Keeps the windows; `take` counts a use only when the window still has room, in one atomic step. */
export abstract class WindowStore {
  abstract consume(policy: RateLimitPolicy, key: Buffer, at: Date): Promise<RateLimitDecision>;
}
