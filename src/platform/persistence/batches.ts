import { AsyncResource } from 'node:async_hooks';

interface Waiting<Item> {
  item: Item;
  written: () => void;
  failed: (error: unknown) => void;
}

/** Rows of one statement at most: it must stay short, and so must the list of its values. */
const MOST = 500;

/**
 * Group commit: what is handed over while a write is under way goes with the next one, in one statement. An idle
 * writer writes at once, so nobody waits for company, and a busy one costs one round trip for many.
 */
export class Batches<Item> {
  private waiting: Waiting<Item>[] = [];
  private running: Promise<void> | undefined;
  /** A batch belongs to nobody's request and to nobody's transaction. */
  private readonly outside = new AsyncResource('Batches');

  constructor(private readonly write: (items: Item[]) => Promise<void>) {}

  /** Resolves when the item is committed; rejects when the write of its batch failed. */
  add(item: Item): Promise<void> {
    return new Promise((written, failed) => {
      this.waiting.push({ item, written, failed });
      this.running ??= this.outside.runInAsyncScope(() => this.drain());
    });
  }

  /** Resolves when everything handed over so far is written, or has failed. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // what the same turn hands over goes together
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST);
      await this.write(batch.map(({ item }) => item)).then(
        () => batch.forEach(({ written }) => written()),
        (error: unknown) => batch.forEach(({ failed }) => failed(error)),
      );
    }
    this.running = undefined;
  }
}
