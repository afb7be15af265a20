import { platformErrors } from '../errors/index.js';

/**
 * Runs at most `concurrency` tasks at once, and at most `maxWaiting` tasks wait, first in, first out. Throws 503 `overloaded`
 * with `Retry-After` when the queue is full.
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
