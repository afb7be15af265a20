import { LRUCache } from 'lru-cache';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../logging/log.js';
import type { Database } from './database.js';

const MAX_KNOWN = 50_000;
const TOUCH_MS = 60_000;
const FLUSH_MS = 15_000;

type Write = (seen: ReadonlyMap<string, Date>) => Promise<void>;

/** Notes when things were last used: written for many together, at most once a minute each. */
export class Sightings {
  private readonly touched = new LRUCache<string, number>({ max: MAX_KNOWN });
  private readonly seen = new Map<string, Date>();
  private readonly flusher = setInterval(() => void this.flush(), FLUSH_MS).unref();

  constructor(
    private readonly write: Write,
    private readonly clock: Clock,
    private readonly log: Log,
    database: Database,
  ) {
    database.beforeClose(() => this.stop());
  }

  see(id: string): void {
    const now = this.clock.millis();
    if (now - (this.touched.get(id) ?? 0) < TOUCH_MS) return;
    this.touched.set(id, now);
    this.seen.set(id, this.clock.now());
  }

  private async flush(): Promise<void> {
    if (this.seen.size === 0) return;
    const batch = new Map(this.seen);
    this.seen.clear();
    await this.write(batch).catch((error: unknown) => this.log.error('sightings.write_failed', error));
  }

  private async stop(): Promise<void> {
    clearInterval(this.flusher);
    await this.flush();
  }
}
