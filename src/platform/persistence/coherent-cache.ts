import { LRUCache } from 'lru-cache';
import type { NotificationBus } from './notification-bus.js';

/**
 * A cache of what other nodes can change. An entry is used only while announcements of changes are known to
 * arrive, and one that was loaded while something was announced is not kept.
 */
export class CoherentCache<Value extends object> {
  private readonly entries: LRUCache<string, Value>;
  private version = 0;

  constructor(
    private readonly notifications: NotificationBus,
    max: number,
  ) {
    this.entries = new LRUCache({ max });
    notifications.onReset(() => this.clear());
  }

  /** The cached value, else what `load` answers; null is not kept. */
  async get(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const cached = this.notifications.isReliable ? this.entries.get(key) : undefined;
    if (cached) return cached;
    const { version } = this;
    const loaded = await load();
    if (loaded && version === this.version && this.notifications.isReliable) this.entries.set(key, loaded);
    return loaded;
  }

  invalidate(key: string): void {
    this.version += 1;
    this.entries.delete(key);
  }

  invalidateWhere(matches: (value: Value) => boolean): void {
    this.version += 1;
    for (const [key, value] of this.entries.entries()) if (matches(value)) this.entries.delete(key);
  }

  private clear(): void {
    this.version += 1;
    this.entries.clear();
  }
}
