import type { Clock } from '@/platform/kernel/clock.js';

/** In milliseconds: how long a list is good, and how long a provider that did not give one is left alone. */
const TTL_MS = 30_000;
const FAILURE_TTL_MS = 5_000;

/** What a provider offers, asked at most once in a while, and by one caller for all. */
export class ModelListCache {
  private names: Promise<readonly string[]> | undefined;
  private expiresAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly fetchModels: () => Promise<readonly string[]>,
  ) {}

  /** Throws what asking threw. */
  list(): Promise<readonly string[]> {
    if (this.names && this.clock.millis() < this.expiresAt) return this.names;
    const names = this.fetchModels();
    this.names = names;
    this.expiresAt = Infinity;
    const expireAfter = (ms: number): void => {
      if (this.names === names) this.expiresAt = this.clock.millis() + ms;
    };
    names.then(
      () => expireAfter(TTL_MS),
      () => expireAfter(FAILURE_TTL_MS),
    );
    return names;
  }
}
