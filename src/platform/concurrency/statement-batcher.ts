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
 * Joins concurrent statements of one kind, like the group commit of a database: items that are added while a statement runs
 * are the input of the next one. An idle batcher starts at once. A statement begins after its items were added, so it reads
 * what was committed before. It must not wait for row locks, which would delay the items of others.
 */
export class StatementBatcher<Item, Result = void> {
  private pending: PendingItem<Item, Result>[] = [];
  private running: Promise<void> | undefined;
  /** A batch must not run in the async context, and so not in the transaction, of the request that added an item. */
  private readonly detachedScope = new AsyncResource('StatementBatcher');

  /** `run` returns one result for each item, in the order of the items. */
  constructor(private readonly run: (items: Item[]) => Promise<Result[]>) {}

  /** Resolves when the statement is committed. Rejects when it fails for this item, or for a reason that is not in an item. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push({ item, resolve, reject });
      this.running ??= this.detachedScope.runInAsyncScope(() => this.drain());
    });
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // collects all items that are added synchronously
    while (this.pending.length > 0) await this.runBatch(this.pending.splice(0, MAX_BATCH_SIZE));
    this.running = undefined;
  }

  private async runBatch(batch: PendingItem<Item, Result>[]): Promise<void> {
    try {
      const results = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length === 1 || !isRowError(error)) batch.forEach(({ reject }) => reject(error));
      else for (const pendingItem of batch) await this.runBatch([pendingItem]); // finds the invalid row
    }
  }
}
