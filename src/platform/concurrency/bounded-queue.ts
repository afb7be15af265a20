import { platformErrors } from '../errors/index.js';

/**
 * Runs at most `width` tasks at once and lets at most `depth` wait; a caller beyond that is told at once
 * (503 `overloaded` with `Retry-After`) instead of waiting for an answer that comes too late.
 */
export class BoundedQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly maxWaiting: number,
    private readonly retryAfterSeconds: number,
  ) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency) this.running += 1;
    else await this.waitForTurn();
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private waitForTurn(): Promise<void> {
    if (this.waiting.length >= this.maxWaiting)
      throw platformErrors.overloaded({ retryAfter: this.retryAfterSeconds });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
