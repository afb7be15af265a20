import fc from 'fast-check';
import { BestChunks } from './best-chunks.js';
import { VectorCache } from './vector-cache.js';

describe('the best chunks', () => {
  const chunks = fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      documentId: fc.constantFrom('a', 'b', 'c'),
      score: fc.integer({ min: -2, max: 9 }),
    }),
    { selector: ({ id }) => id, maxLength: 80 },
  );

  it('are those of a complete sort, with a limited number of each document', () => {
    const sizes = [fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 })] as const;
    fc.assert(
      fc.property(chunks, ...sizes, (all, limit, perDocument) => {
        const best = new BestChunks(limit, perDocument);
        for (const chunk of all) if (best.accepts(chunk.score)) best.add(chunk);
        const sorted = all
          .filter(({ score }) => score > 0)
          .sort((one, other) => other.score - one.score || (one.id < other.id ? 1 : -1));
        const within = sorted.filter(
          ({ documentId, id }) =>
            sorted.filter((other) => other.documentId === documentId).findIndex((other) => other.id === id) <
            perDocument,
        );
        expect(best.ranked()).toEqual(within.slice(0, limit));
      }),
    );
  });
});

describe('the cache of vectors', () => {
  const block = { chunkIds: ['chunk'], vectors: new Float32Array(1000) };
  const add = (cache: VectorCache, keys: string[], search: number): void =>
    keys.forEach((key) => cache.add(key, block, search));
  const kept = (cache: VectorCache, keys: string[]): string[] =>
    keys.filter((key) => cache.get(key, 0) !== undefined);

  it('removes what was not used for the longest time', () => {
    const cache = new VectorCache();
    cache.maxBytes = 10_000;
    add(cache, ['a', 'b'], 1);
    cache.get('a', 2);
    add(cache, ['c'], 3);
    expect(kept(cache, ['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
  });

  it('keeps a part of what one search uses, however much that is', () => {
    const cache = new VectorCache();
    cache.maxBytes = 10_000;
    add(cache, ['a', 'b', 'c', 'd'], 1);
    expect(kept(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'b']);
    add(cache, ['e'], 2);
    expect(kept(cache, ['a', 'b', 'e'])).toHaveLength(2);
  });
});
