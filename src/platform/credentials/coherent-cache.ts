import { LRUCache } from 'lru-cache';
import type { NotificationBus } from '../persistence/notification-bus.js';

/**
 * Caches rows that other nodes can change. Entries are read and stored only while the notification bus is reliable, and
 * a value is not stored when any entry was invalidated during its load.
 */
export class CoherentCache<Value extends object> {
  private readonly entries: LRUCache<string, Value>;
  private version = 0;

  constructor(
    private readonly notifications: Pick<NotificationBus, 'isReliable' | 'onReset'>,
    max: number,
  ) {
    this.entries = new LRUCache({ max });
    notifications.onReset(() => this.clear());
  }

  /** Returns the cached value, else the result of `load`; null is not cached. */
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
