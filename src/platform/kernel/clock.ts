/** The only source of the current time. Times have milliseconds, like the columns that store them. */
export abstract class Clock {
  abstract now(): Date;

  /** Milliseconds since the epoch. */
  millis(): number {
    return this.now().getTime();
  }

  /** Returns the time `seconds` after now; negative values are in the past. */
  after(seconds: number): Date {
    return new Date(this.millis() + seconds * 1000);
  }
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  override millis(): number {
    return Date.now();
  }
}

/** Returns whole seconds from `now` until `then`, rounded up and at least 1, as for `Retry-After`. */
export function secondsUntil(then: Date, now: Date): number {
  return Math.max(1, Math.ceil((then.getTime() - now.getTime()) / 1000));
}
