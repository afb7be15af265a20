import { platformErrors } from '../errors/index.js';

/**
 * Runs at most `width` tasks at once and lets at most `depth` wait; a caller beyond that is told at once
 * (503 `overloaded` with `Retry-After`) instead of waiting for an answer that comes too late.
 */
export class BoundedQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly width: number,
    private readonly depth: number,
    private readonly retryAfter: number,
  ) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.width) this.running += 1;
    else await this.turn();
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.depth) throw platformErrors.overloaded({ retryAfter: this.retryAfter });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
