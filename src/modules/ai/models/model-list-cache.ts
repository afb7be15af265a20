import type { Clock } from '@/platform/kernel/clock.js';

const TTL_MS = 30_000;
/** After a failure the list is fetched again sooner. */
const FAILURE_TTL_MS = 5_000;

/** Caches the list of models of a provider. Concurrent callers share one request. */
export class ModelListCache {
  private names: Promise<readonly string[]> | undefined;
  private expiresAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly fetchModels: () => Promise<readonly string[]>,
  ) {}

  /** Throws the error of the request, also while a failure is cached. */
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
