import fc from 'fast-check';
import { CoherentCache } from './coherent-cache.js';

class FakeBus {
  isReliable = true;
  reset: () => void = () => undefined;

  onReset(handler: () => void): void {
    this.reset = handler;
  }
}

interface Row {
  owner: string;
}

describe('a coherent cache', () => {
  let bus: FakeBus;
  let cache: CoherentCache<Row, 'owner'>;
  let loads: number;

  beforeEach(() => {
    bus = new FakeBus();
    cache = new CoherentCache(bus, 3, { owner: ({ owner }: Row) => owner });
    loads = 0;
  });

  function get(key: string, owner = 'ada', during: () => void = () => undefined): Promise<Row | null> {
    return cache.get(key, async () => {
      loads += 1;
      await Promise.resolve();
      during();
      return { owner };
    });
  }

  it('loads a value once', async () => {
    const first = await get('a');
    expect(await get('a', 'other')).toBe(first);
    expect(loads).toBe(1);
  });

  it('does not cache null', async () => {
    expect(await cache.get('a', () => Promise.resolve(null))).toBeNull();
    expect(await get('a')).toEqual({ owner: 'ada' });
  });

  it('does not cache an error', async () => {
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await get('a')).toEqual({ owner: 'ada' });
  });

  it('loads an invalidated value again, and no other', async () => {
    await get('a');
    await get('b');
    cache.invalidate('a');
    await get('b');
    expect(loads).toBe(2);
    await get('a');
    expect(loads).toBe(3);
  });

  it('invalidates the values that match', async () => {
    await get('a', 'ada');
    await get('b', 'bob');
    cache.invalidateBy('owner', 'ada');
    expect([await get('a', 'new'), await get('b', 'new')]).toEqual([{ owner: 'new' }, { owner: 'bob' }]);
  });

  it.each<[string, () => void]>([
    ['the key', () => cache.invalidate('a')],
    ['another key', () => cache.invalidate('z')],
    ['no entry', () => cache.invalidateBy('owner', 'nemo')],
    ['everything', () => bus.reset()],
  ])('does not store a value when %s was invalidated during its load', async (_what, invalidate) => {
    expect(await get('a', 'stale', invalidate)).toEqual({ owner: 'stale' });
    expect(await get('a', 'fresh')).toEqual({ owner: 'fresh' });
  });

  it('neither returns nor stores entries while the bus is unreliable', async () => {
    await get('a', 'old');
    bus.isReliable = false;
    expect(await get('a', 'new')).toEqual({ owner: 'new' });
    expect(await get('b')).toEqual({ owner: 'ada' });
    bus.isReliable = true;
    expect(await get('b', 'loaded again')).toEqual({ owner: 'loaded again' });
  });

  it('does not store a value when the bus became unreliable during its load', async () => {
    await get('a', 'stale', () => (bus.isReliable = false));
    bus.isReliable = true;
    expect(await get('a', 'fresh')).toEqual({ owner: 'fresh' });
  });

  it('is empty after messages may have been lost', async () => {
    await get('a', 'old');
    bus.reset();
    expect(await get('a', 'new')).toEqual({ owner: 'new' });
  });

  it('drops the entry that was not used for the longest time', async () => {
    for (const key of ['a', 'b', 'c']) await get(key);
    await get('a');
    await get('d');
    expect(loads).toBe(4);
    await get('a');
    expect(loads).toBe(4);
    await get('b');
    expect(loads).toBe(5);
  });

  it('finds the values to invalidate without a look at the others', async () => {
    let looks = 0;
    const large = new CoherentCache(bus, 10_000, { owner: ({ owner }: Row) => ((looks += 1), owner) });
    for (let id = 0; id < 10_000; id += 1)
      await large.get(String(id), () => Promise.resolve({ owner: `owner ${id % 5_000}` }));
    looks = 0;
    large.invalidateBy('owner', 'owner 7');
    expect(looks).toBe(2);
    const reload = (): Promise<Row> => Promise.resolve({ owner: 'loaded again' });
    expect(await large.get('7', reload)).toEqual({ owner: 'loaded again' });
    expect(await large.get('5007', reload)).toEqual({ owner: 'loaded again' });
    expect(await large.get('8', reload)).toEqual({ owner: 'owner 8' });
  });

  it('for any stored, replaced, dropped and invalidated values invalidates exactly those of an owner', async () => {
    const step = fc.record({
      kind: fc.constantFrom('store' as const, 'invalidate' as const, 'invalidateBy' as const),
      key: fc.nat(5),
      owner: fc.constantFrom('ada', 'bob', 'eve'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const own = new CoherentCache(new FakeBus(), 4, { owner: ({ owner }: Row) => owner });
        const model = new Map<string, string>(); // in the order of use, like the cache
        for (const { kind, key, owner } of steps) {
          const name = String(key);
          if (kind === 'store') {
            const cached = model.get(name);
            expect(await own.get(name, () => Promise.resolve({ owner }))).toEqual({ owner: cached ?? owner });
            model.delete(name);
            model.set(name, cached ?? owner);
            if (model.size > 4) model.delete([...model.keys()][0] ?? '');
          } else if (kind === 'invalidate') {
            own.invalidate(name);
            model.delete(name);
          } else {
            own.invalidateBy('owner', owner);
            for (const [stored, its] of model) if (its === owner) model.delete(stored);
          }
        }
      }),
    );
  });

  it('never returns a value that was invalidated after it was written', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('read' as const), key: fc.nat(2) }),
      fc.record({ kind: fc.constant('write' as const), key: fc.nat(2) }),
      fc.record({ kind: fc.constant('lose' as const), key: fc.nat(2) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const ownBus = new FakeBus();
        const values = new CoherentCache<{ version: number }>(ownBus, 2, {});
        const database = [0, 0, 0];
        for (const { kind, key } of steps) {
          if (kind === 'write') {
            database[key] = (database[key] ?? 0) + 1;
            values.invalidate(String(key));
          } else if (kind === 'lose') ownBus.reset();
          else {
            const load = (): Promise<{ version: number }> => Promise.resolve({ version: database[key] ?? 0 });
            expect(await values.get(String(key), load)).toEqual({ version: database[key] });
          }
        }
      }),
    );
  });
});
