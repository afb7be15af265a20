import { AsyncLocalStorage } from 'node:async_hooks';
import { isRowError, StatementBatcher } from './statement-batcher.js';

const databaseError = (code: string): Error => Object.assign(new Error(code), { code });

describe('isRowError', () => {
  it.each(['22021', '22P02', '23505', '23503', '40001', '40P01'])('is true for %s', (code) => {
    expect(isRowError(databaseError(code))).toBe(true);
  });

  it.each(['ECONNREFUSED', '57014', '53300', '08006', '42P01', '', '2'])('is false for %j', (code) => {
    expect(isRowError(databaseError(code))).toBe(false);
  });

  it.each([undefined, null, 'text', new Error('no code'), {}])('is false for %s', (thrown) => {
    expect(isRowError(thrown)).toBe(false);
  });
});

describe('a statement batcher', () => {
  it('writes items that are added together in one statement, and returns the result of each', async () => {
    const written: number[][] = [];
    const batcher = new StatementBatcher<number, number>((items) => {
      written.push(items);
      return Promise.resolve(items.map((item) => item * 10));
    });
    const results = await Promise.all([1, 2, 3].map((item) => batcher.add(item)));
    expect([results, written]).toEqual([[10, 20, 30], [[1, 2, 3]]]);
    expect(await batcher.add(4)).toBe(40);
    expect(written).toEqual([[1, 2, 3], [4]]);
  });

  it('collects the items that arrive during a write for the next one', async () => {
    const written: number[][] = [];
    const pending: (() => void)[] = [];
    const batcher = new StatementBatcher<number>(async (items) => {
      written.push(items);
      await new Promise<void>((resolve) => pending.push(resolve));
      return [];
    });
    const first = batcher.add(1);
    while (pending.length < 1) await Promise.resolve();
    const later = [batcher.add(2), batcher.add(3)];
    pending[0]?.();
    await first;
    while (pending.length < 2) await Promise.resolve();
    pending[1]?.();
    await Promise.all(later);
    expect(written).toEqual([[1], [2, 3]]);
  });

  it('writes at most 200 items in one statement', async () => {
    const sizes: number[] = [];
    const batcher = new StatementBatcher<number, number>((items) => {
      sizes.push(items.length);
      return Promise.resolve(items);
    });
    const items = Array.from({ length: 450 }, (_, index) => index);
    expect(await Promise.all(items.map((item) => batcher.add(item)))).toEqual(items);
    expect(sizes).toEqual([200, 200, 50]);
  });

  it('writes the other items when one item is invalid', async () => {
    const batcher = new StatementBatcher<number, number>((items) =>
      items.includes(2) ? Promise.reject(databaseError('23503')) : Promise.resolve(items),
    );
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not retry item by item when the database is unreachable', async () => {
    let attempts = 0;
    const batcher = new StatementBatcher<number>(() => {
      attempts += 1;
      return Promise.reject(databaseError('ECONNREFUSED'));
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(attempts).toBe(1);
  });

  it('continues after a failed write', async () => {
    let fails = true;
    const batcher = new StatementBatcher<number, number>((items) =>
      fails ? Promise.reject(databaseError('ECONNREFUSED')) : Promise.resolve(items),
    );
    await expect(batcher.add(1)).rejects.toThrow('ECONNREFUSED');
    fails = false;
    expect(await batcher.add(2)).toBe(2);
  });

  it('writes outside the async context of the request that added an item', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const batcher = new StatementBatcher<number>((items) => {
      seen.push(context.getStore());
      return Promise.resolve(items.map(() => undefined));
    });
    await context.run('request', () => batcher.add(1));
    expect(seen).toEqual([undefined]);
  });
});
