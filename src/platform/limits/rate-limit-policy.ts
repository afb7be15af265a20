/** At most `limit` within any `window` seconds, counted per key over a sliding window. */
export interface Policy {
  name: string;
  limit: number;
  window: number;
}

/** One counted use, so that it can be given back. */
export interface Reservation {
  policy: Policy;
  key: Buffer;
  at: Date;
  /** Uses in the window, this one included. */
  count: number;
}

export interface Verdict {
  allowed: boolean;
  count: number;
  /** When the oldest counted use leaves the window. */
  freeAt: Date;
}

/** Keeps the windows; `take` counts a use only when the window still has room, in one atomic step. */
export abstract class WindowStore {
  abstract take(policy: Policy, key: Buffer, at: Date): Promise<Verdict>;
}
