import { AsyncResource } from 'node:async_hooks';

interface PendingItem<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Bounds the duration of one statement and its number of parameters. */
const MAX_BATCH_SIZE = 200;

/**
 * Returns whether a single row of the batch can have caused this error: invalid data, a violated constraint, a deadlock. Then
 * rows are retried one by one. After any other error, such as a lost connection, every retry would fail too.
 */
export function isRowError(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as { code?: string };
  return /^(22|23|40)/.test(code);
}

/**
 * Group commit: items that are added during a write are written together by the next statement. An idle batcher writes at
 * once, so batching never delays an item.
 */
export class WriteBatcher<Item, Result = void> {
  private pending: PendingItem<Item, Result>[] = [];
  private running: Promise<void> | undefined;
  /** A batch must not run in the async context, and so not in the transaction, of the request that added an item. */
  private readonly detachedScope = new AsyncResource('WriteBatcher');

  /** `write` returns one result for each item, in the order of the items. */
  constructor(private readonly write: (items: Item[]) => Promise<Result[]>) {}

  /** Resolves when the item is committed. Rejects when the item itself cannot be written, or when the whole write fails. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push({ item, resolve, reject });
      this.running ??= this.detachedScope.runInAsyncScope(() => this.drain());
    });
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // collects all items that are added synchronously
    while (this.pending.length > 0) await this.writeBatch(this.pending.splice(0, MAX_BATCH_SIZE));
    this.running = undefined;
  }

  private async writeBatch(batch: PendingItem<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length === 1 || !isRowError(error)) batch.forEach(({ reject }) => reject(error));
      else for (const pendingItem of batch) await this.writeBatch([pendingItem]); // finds the invalid row
    }
  }
}
