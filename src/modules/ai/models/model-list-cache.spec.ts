import { TestClock } from '@test/support/app/test-clock.js';
import { ModelListCache } from './model-list-cache.js';

describe('ModelListCache', () => {
  let clock: TestClock;
  let fetches: { resolve: (names: string[]) => void; reject: (error: Error) => void }[];
  let cache: ModelListCache;

  beforeEach(() => {
    clock = new TestClock();
    clock.freeze();
    fetches = [];
    cache = new ModelListCache(
      clock,
      () => new Promise((resolve, reject) => fetches.push({ resolve, reject })),
    );
  });

  async function listAfterFetch(names: string[]): Promise<readonly string[]> {
    const list = cache.list();
    fetches.at(-1)?.resolve(names);
    return list;
  }

  it('shares one request among concurrent callers, however long it takes', async () => {
    const lists = [cache.list(), cache.list()];
    clock.advance(3600);
    lists.push(cache.list());
    fetches[0]?.resolve(['a']);
    expect(await Promise.all(lists)).toEqual([['a'], ['a'], ['a']]);
    expect(fetches).toHaveLength(1);
  });

  it('keeps a list for 30 seconds after it has arrived', async () => {
    const pending = cache.list();
    clock.advance(100);
    fetches[0]?.resolve(['a']);
    await pending;
    clock.advance(29.999);
    expect(await cache.list()).toEqual(['a']);
    expect(fetches).toHaveLength(1);
    clock.advance(0.001);
    expect(await listAfterFetch(['b'])).toEqual(['a']);
    expect(await cache.list()).toEqual(['b']);
    expect(fetches).toHaveLength(2);
  });

  it('throws a failure again for 5 seconds, and then fetches again', async () => {
    const failing = cache.list();
    fetches[0]?.reject(new Error('down'));
    await expect(failing).rejects.toThrow('down');
    clock.advance(4.999);
    await expect(cache.list()).rejects.toThrow('down');
    expect(fetches).toHaveLength(1);
    clock.advance(0.001);
    expect(await listAfterFetch(['a'])).toEqual(['a']);
  });

  it('keeps the last good list when a later request is slow or fails', async () => {
    await listAfterFetch(['a']);
    clock.advance(30);
    expect(await cache.list()).toEqual(['a']);
    fetches[1]?.reject(new Error('down'));
    await Promise.resolve();
    expect(await cache.list()).toEqual(['a']);
    expect(fetches).toHaveLength(2);
    clock.advance(5);
    expect(await listAfterFetch(['b'])).toEqual(['a']);
    expect(await cache.list()).toEqual(['b']);
  });

  it('caches an empty list like any other', async () => {
    await listAfterFetch([]);
    expect(await cache.list()).toEqual([]);
    expect(fetches).toHaveLength(1);
  });
});
