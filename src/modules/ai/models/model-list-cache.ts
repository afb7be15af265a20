import type { Clock } from '@/platform/kernel/clock.js';

/** In milliseconds: how long a list is good, and how long a provider that did not give one is left alone. */
const KEPT_MS = 30_000;
const FAILURE_KEPT_MS = 5_000;

/** What a provider offers, asked at most once in a while, and by one caller for all. */
export class ModelCatalogue {
  private names: Promise<readonly string[]> | undefined;
  private until = 0;

  constructor(
    private readonly clock: Clock,
    private readonly ask: () => Promise<readonly string[]>,
  ) {}

  /** Throws what asking threw. */
  list(): Promise<readonly string[]> {
    if (this.names && this.clock.millis() < this.until) return this.names;
    const names = this.ask();
    this.names = names;
    this.until = Infinity;
    const keep = (ms: number): void => {
      if (this.names === names) this.until = this.clock.millis() + ms;
    };
    names.then(
      () => keep(KEPT_MS),
      () => keep(FAILURE_KEPT_MS),
    );
    return names;
  }
}
