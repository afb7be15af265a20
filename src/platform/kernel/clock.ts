/** The only source of time. Instants are UTC with millisecond precision, like the columns that keep them. */
export abstract class Clock {
  abstract now(): Date;

  /** Milliseconds since the epoch. */
  millis(): number {
    return this.now().getTime();
  }

  /** The instant `seconds` after now; negative for before. */
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

/** Whole seconds from `now` until `then`, never less than one: the unit of `Retry-After`. */
export function secondsUntil(then: Date, now: Date): number {
  return Math.max(1, Math.ceil((then.getTime() - now.getTime()) / 1000));
}
