import { Clock } from '@/platform/kernel/clock.js';

/** Real time plus what a test skips: nothing waits on the wall. */
export class TestClock extends Clock {
  private offsetMs = 0;
  private frozenAt: number | undefined;

  now(): Date {
    return new Date((this.frozenAt ?? Date.now()) + this.offsetMs);
  }

  /** From now on time moves only by what a test skips. */
  freeze(): void {
    this.frozenAt = Date.now();
  }

  /** Moves time forward by `seconds`. */
  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }
}
