import { WriteBatcher } from './write-batcher.js';

const databaseError = (code: string): Error => Object.assign(new Error(code), { code });

describe('what is written in batches', () => {
  it('goes in one statement with what comes while another is under way', async () => {
    const written: number[][] = [];
    const batcher = new WriteBatcher<number, number>((items) => {
      written.push(items);
      return Promise.resolve(items.map((item) => item * 10));
    });
    const results = await Promise.all([1, 2, 3].map((item) => batcher.add(item)));
    expect(results).toEqual([10, 20, 30]);
    expect(written).toEqual([[1, 2, 3]]);
    expect(await batcher.add(4)).toBe(40);
  });

  it('is written without the one row that cannot be', async () => {
    const batcher = new WriteBatcher<number, number>((items) =>
      items.includes(2) ? Promise.reject(databaseError('23503')) : Promise.resolve(items),
    );
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails together where the database cannot be reached: nobody waits for each row in turn', async () => {
    let attempts = 0;
    const batcher = new WriteBatcher<number>(() => {
      attempts += 1;
      return Promise.reject(databaseError('ECONNREFUSED'));
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(attempts).toBe(1);
  });
});
