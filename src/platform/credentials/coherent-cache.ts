import { LRUCache } from 'lru-cache';
import type { NotificationBus } from '../persistence/notification-bus.js';

/** Returns, for each index of a cache, what a value is found under. An index without a function is not kept. */
export type IndexKeys<Value, IndexName extends string> = Readonly<
  Record<IndexName, ((value: Value) => string) | undefined>
>;

/**
 * Caches rows that other nodes can change. Entries are read and stored only while the notification bus is reliable, and
 * a value is not stored when any entry was invalidated during its load. An index finds the entries to invalidate without
 * a scan of all entries.
 */
export class CoherentCache<Value extends object, IndexName extends string = never> {
  private readonly entries: LRUCache<string, Value>;
  private readonly indexes = new Map<IndexName, CacheIndex<Value>>();
  private version = 0;

  constructor(
    private readonly notifications: Pick<NotificationBus, 'isReliable' | 'onReset'>,
    maxEntries: number,
    indexKeys: IndexKeys<Value, IndexName>,
  ) {
    for (const name of Object.keys(indexKeys) as IndexName[]) {
      const indexedBy = indexKeys[name];
      if (indexedBy) this.indexes.set(name, new CacheIndex(indexedBy));
    }
    this.entries = new LRUCache({
      ...growingTo(maxEntries),
      dispose: (value, key) => this.indexes.forEach((index) => index.remove(value, key)),
    });
    notifications.onReset(() => this.clear());
  }

  /** Returns the cached value, else the result of `load`; null is not cached. */
  async get(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const cached = this.notifications.isReliable ? this.entries.get(key) : undefined;
    if (cached) return cached;
    const { version } = this;
    const loaded = await load();
    if (loaded && version === this.version && this.notifications.isReliable) this.store(key, loaded);
    return loaded;
  }

  invalidate(key: string): void {
    this.version += 1;
    this.entries.delete(key);
  }

  /** Invalidates all values that the index has under `indexed`. */
  invalidateBy(indexName: IndexName, indexed: string): void {
    this.version += 1;
    for (const key of this.indexes.get(indexName)?.find(indexed) ?? []) this.entries.delete(key);
  }

  private store(key: string, value: Value): void {
    this.entries.set(key, value);
    for (const index of this.indexes.values()) index.add(value, key);
  }

  private clear(): void {
    this.version += 1;
    this.entries.clear();
  }
}

/** Options of an LRU cache that allocates memory as it grows, and not for all of its entries at the start. */
export function growingTo(maxEntries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: maxEntries, sizeCalculation: () => 1 };
}

/** The keys of cached values, by another property of the value. Most properties have one key, which needs no set. */
class CacheIndex<Value> {
  private readonly keys = new Map<string, string | Set<string>>();

  constructor(private readonly indexedBy: (value: Value) => string) {}

  /** Returns a copy: the caller may remove the entries. */
  find(indexed: string): string[] {
    const found = this.keys.get(indexed) ?? [];
    return typeof found === 'string' ? [found] : [...found];
  }

  add(value: Value, key: string): void {
    const indexed = this.indexedBy(value);
    const present = this.keys.get(indexed);
    if (present === undefined || present === key) this.keys.set(indexed, key);
    else if (typeof present === 'string') this.keys.set(indexed, new Set([present, key]));
    else present.add(key);
  }

  remove(value: Value, key: string): void {
    const indexed = this.indexedBy(value);
    const present = this.keys.get(indexed);
    if (present === key) this.keys.delete(indexed);
    else if (present instanceof Set && present.delete(key) && present.size === 0) this.keys.delete(indexed);
  }
}
