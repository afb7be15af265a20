import type { Clock } from '@/platform/kernel/clock.js';

const TTL_MS = 30_000;
/** After a failure the list is fetched again sooner. */
const FAILURE_TTL_MS = 5_000;

type ModelNames = readonly string[];

/**
 * Caches the list of models of a provider. Concurrent callers share one request. After the first good list callers never
 * wait: the last good list holds while a newer one is fetched, and when that fails.
 */
export class ModelListCache {
  private lastGood: ModelNames | undefined;
  /** The running request, or the last one while its result is cached. */
  private current: Promise<ModelNames> | undefined;
  private expiresAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly fetchModels: () => Promise<ModelNames>,
  ) {}

  /** Throws the error of the request, also while a failure is cached, when there was never a good list. */
  list(): Promise<ModelNames> {
    const isFresh = this.current !== undefined && this.clock.millis() < this.expiresAt;
    const names = isFresh && this.current ? this.current : this.refresh();
    return this.lastGood === undefined ? names : Promise.resolve(this.lastGood);
  }

  private refresh(): Promise<ModelNames> {
    const names = this.fetchModels();
    this.current = names;
    this.expiresAt = Infinity;
    names.then(
      (list) => {
        if (list.length > 0) this.lastGood = list;
        this.expiresAt = this.clock.millis() + TTL_MS;
      },
      () => {
        this.expiresAt = this.clock.millis() + FAILURE_TTL_MS;
      },
    );
    return names;
  }
}
