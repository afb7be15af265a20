import { LRUCache } from 'lru-cache';
import type { Notifications } from './notification-bus.js';

/**
 * A cache of what other nodes can change. An entry is used only while announcements of changes are known to
 * arrive, and one that was loaded while something was announced is not kept.
 */
export class TrustedCache<Value extends object> {
  private readonly entries: LRUCache<string, Value>;
  private version = 0;

  constructor(
    private readonly notifications: Notifications,
    max: number,
  ) {
    this.entries = new LRUCache({ max });
    notifications.onReset(() => this.forgetEverything());
  }

  /** The cached value, else what `load` answers; null is not kept. */
  async get(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const known = this.notifications.trusted ? this.entries.get(key) : undefined;
    if (known) return known;
    const { version } = this;
    const loaded = await load();
    if (loaded && version === this.version && this.notifications.trusted) this.entries.set(key, loaded);
    return loaded;
  }

  forget(key: string): void {
    this.version += 1;
    this.entries.delete(key);
  }

  forgetWhere(matches: (value: Value) => boolean): void {
    this.version += 1;
    for (const [key, value] of this.entries.entries()) if (matches(value)) this.entries.delete(key);
  }

  private forgetEverything(): void {
    this.version += 1;
    this.entries.clear();
  }
}
