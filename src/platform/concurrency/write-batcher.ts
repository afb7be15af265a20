import { AsyncResource } from 'node:async_hooks';

interface PendingItem<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Rows of one statement at most: it must stay short, and so must the list of its values. */
const MAX_BATCH_SIZE = 200;
/**
 * Whether one row can have brought this error upon its company: bad data, a violated constraint, a deadlock. Any
 * other (no connection, too slow) would only befall each of them again, one after the other.
 */
export function isRowError(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as { code?: string };
  return /^(22|23|40)/.test(code);
}

/**
 * Group commit: what is handed over while a write is under way goes with the next one, in one statement. An idle
 * writer writes at once, so nobody waits for company, and a busy one costs one round trip for many.
 */
export class WriteBatcher<Item, Result = void> {
  private pending: PendingItem<Item, Result>[] = [];
  private running: Promise<void> | undefined;
  /** A batch belongs to nobody's request and to nobody's transaction. */
  private readonly detachedScope = new AsyncResource('WriteBatcher');

  /** `write` answers one result an item, in their order. */
  constructor(private readonly write: (items: Item[]) => Promise<Result[]>) {}

  /** Resolves when the item is committed; rejects when it cannot be, whatever becomes of its company. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push({ item, resolve, reject });
      this.running ??= this.detachedScope.runInAsyncScope(() => this.drain());
    });
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // what the same turn hands over goes together
    while (this.pending.length > 0) await this.writeBatch(this.pending.splice(0, MAX_BATCH_SIZE));
    this.running = undefined;
  }

  private async writeBatch(batch: PendingItem<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length === 1 || !isRowError(error)) batch.forEach(({ reject }) => reject(error));
      else for (const pendingItem of batch) await this.writeBatch([pendingItem]); // one bad row must not spoil the rest
    }
  }
}
