import { AsyncResource } from 'node:async_hooks';

interface Waiting<Item, Result> {
  item: Item;
  written: (result: Result) => void;
  failed: (error: unknown) => void;
}

/** Rows of one statement at most: it must stay short, and so must the list of its values. */
const MOST = 200;
/**
 * Whether one row can have brought this error upon its company: bad data, a violated constraint, a deadlock. Any
 * other (no connection, too slow) would only befall each of them again, one after the other.
 */
export function isOfOneRow(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as { code?: string };
  return /^(22|23|40)/.test(code);
}

/**
 * Group commit: what is handed over while a write is under way goes with the next one, in one statement. An idle
 * writer writes at once, so nobody waits for company, and a busy one costs one round trip for many.
 */
export class Batches<Item, Result = void> {
  private waiting: Waiting<Item, Result>[] = [];
  private running: Promise<void> | undefined;
  /** A batch belongs to nobody's request and to nobody's transaction. */
  private readonly outside = new AsyncResource('Batches');

  /** `write` answers one result an item, in their order. */
  constructor(private readonly write: (items: Item[]) => Promise<Result[]>) {}

  /** Resolves when the item is committed; rejects when it cannot be, whatever becomes of its company. */
  add(item: Item): Promise<Result> {
    return new Promise((written, failed) => {
      this.waiting.push({ item, written, failed });
      this.running ??= this.outside.runInAsyncScope(() => this.drain());
    });
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // what the same turn hands over goes together
    while (this.waiting.length > 0) await this.attempt(this.waiting.splice(0, MOST));
    this.running = undefined;
  }

  private async attempt(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ written }, index) => written(results[index] as Result));
    } catch (error) {
      if (batch.length === 1 || !isOfOneRow(error)) batch.forEach(({ failed }) => failed(error));
      else for (const one of batch) await this.attempt([one]); // one bad row must not spoil the rest
    }
  }
}
