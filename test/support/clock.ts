import { Clock } from '../../src/platform/kernel/clock.js';

/** Real time plus what a test skips: nothing waits on the wall. */
export class TestClock extends Clock {
  private skipped = 0;

  now(): Date {
    return new Date(Date.now() + this.skipped);
  }

  /** Moves time forward by `seconds`. */
  advance(seconds: number): void {
    this.skipped += seconds * 1000;
  }
}
