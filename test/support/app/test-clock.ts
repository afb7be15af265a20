import { Clock } from '@/platform/kernel/clock.js';

/** Real time plus what a test skips: nothing waits on the wall. */
export class TestClock extends Clock {
  private skipped = 0;
  private frozen: number | undefined;

  now(): Date {
    return new Date((this.frozen ?? Date.now()) + this.skipped);
  }

  /** From now on time moves only by what a test skips. */
  freeze(): void {
    this.frozen = Date.now();
  }

  /** Moves time forward by `seconds`. */
  advance(seconds: number): void {
    this.skipped += seconds * 1000;
  }
}
