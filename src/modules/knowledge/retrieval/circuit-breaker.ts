import type { Clock } from '@/platform/kernel/clock.js';

/** Failures in sequence after which a server is not asked for a while. */
const MAX_FAILURES = 3;
const PAUSE_MS = 15_000;

/** Keeps searches from waiting, each for its time limit, for a server that fails. */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;

  constructor(private readonly clock: Clock) {}

  /** Whether the server is not to be asked now. */
  get isOpen(): boolean {
    return this.clock.millis() < this.openUntil;
  }

  recordSuccess(): void {
    this.failures = 0;
  }

  recordFailure(): void {
    this.failures += 1;
    if (this.failures >= MAX_FAILURES) this.openUntil = this.clock.millis() + PAUSE_MS;
  }
}
