import { LRUCache } from 'lru-cache';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../logging/log.js';
import type { Database } from '../persistence/database.js';
import { growingTo } from './coherent-cache.js';

const MAX_TRACKED = 250_000;
const MIN_WRITE_INTERVAL_MS = 60_000;
const FLUSH_MS = 15_000;

export type WriteLastSeen = (seen: ReadonlyMap<string, Date>) => Promise<void>;

/** Records when rows were last used, and writes the times of many rows together: at most once a minute for each row. */
export class LastSeenWriter {
  private readonly lastMarkedAt = new LRUCache<string, number>(growingTo(MAX_TRACKED));
  private readonly pending = new Map<string, Date>();
  private readonly flushTimer = setInterval(() => void this.flush(), FLUSH_MS).unref();

  constructor(
    private readonly write: WriteLastSeen,
    private readonly clock: Clock,
    private readonly log: Pick<Log, 'error'>,
    database: Pick<Database, 'beforeClose'>,
  ) {
    database.beforeClose(() => this.stop());
  }

  markSeen(id: string): void {
    const now = this.clock.millis();
    if (now - (this.lastMarkedAt.get(id) ?? 0) < MIN_WRITE_INTERVAL_MS) return;
    this.lastMarkedAt.set(id, now);
    this.pending.set(id, this.clock.now());
  }

  private async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = new Map(this.pending);
    this.pending.clear();
    await this.write(batch).catch((error: unknown) => this.log.error('sightings.write_failed', error));
  }

  private async stop(): Promise<void> {
    clearInterval(this.flushTimer);
    await this.flush();
  }
}
