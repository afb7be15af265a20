import { Clock } from '@/platform/kernel/clock.js';

/** The system time plus the time that a test skips. */
export class TestClock extends Clock {
  private offsetMs = 0;
  private frozenAt: number | undefined;

  now(): Date {
    return new Date((this.frozenAt ?? Date.now()) + this.offsetMs);
  }

  /** Stops the clock; only `advance` moves it. */
  freeze(): void {
    this.frozenAt = Date.now();
  }

  /** Moves time forward by `seconds`. */
  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }

  /** Returns a clock that is ahead of this one by `seconds`, as the clock of another machine. */
  aheadBy(seconds: number): Clock {
    return new SkewedClock(this, seconds);
  }
}

class SkewedClock extends Clock {
  constructor(
    private readonly clock: Clock,
    private readonly seconds: number,
  ) {
    super();
  }

  now(): Date {
    return this.clock.after(this.seconds);
  }
}
