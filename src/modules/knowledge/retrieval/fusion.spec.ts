import fc from 'fast-check';
import { fuseRankings } from './fusion.js';
import type { RankedChunk } from './retrieval-arm.js';

const chunk = (id: string, score = 1): RankedChunk => ({ id, documentId: id.charAt(0), score });

const ranking = fc
  .uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 90 }), score: fc.integer({ min: 1, max: 30 }) }), {
    selector: ({ id }) => id,
    maxLength: 70,
  })
  .map((chunks) =>
    chunks
      .map(({ id, score }) => chunk(String(id).padStart(2, '0'), score))
      .sort((one, other) => other.score - one.score),
  );

describe('the fusion of rankings', () => {
  it('keeps the scores of the only ranking', () => {
    expect(fuseRankings([chunk('a1', 7)], [])).toEqual([{ ...chunk('a1', 7), foundBy: 'lexical' }]);
    expect(fuseRankings([], [chunk('a1', 0.7)])).toEqual([{ ...chunk('a1', 0.7), foundBy: 'vector' }]);
  });

  it('puts chunks first that both rankings found', () => {
    const fused = fuseRankings([chunk('a1'), chunk('b1')], [chunk('b1'), chunk('c1')]);
    expect(fused.map(({ id, foundBy }) => `${id} ${foundBy}`)).toEqual([
      'b1 both',
      'a1 lexical',
      'c1 vector',
    ]);
  });

  it('follows the ranking with a clear lead', () => {
    const similar = Array.from({ length: 40 }, (_, index) => chunk(`v${index}`, 0.7 - index / 10_000));
    const [first] = fuseRankings([chunk('a1', 20), chunk('b1', 3), ...rest('c', 2)], similar);
    expect(first?.id).toBe('a1');
    const equals = rest('c', 2);
    const [best] = fuseRankings(equals, [chunk('v1', 0.9), chunk('c9', 0.5), ...rest('w', 0.4)]);
    expect(best?.foundBy).toBe('both');
  });

  const rest = (letter: string, score: number): RankedChunk[] =>
    Array.from({ length: 10 }, (_, index) => chunk(`${letter}${index}`, score));

  it('never puts a chunk below one whose scores are not higher', () => {
    fc.assert(
      fc.property(ranking, ranking, (lexical, vector) => {
        const fused = fuseRankings(lexical, vector);
        const scores = (list: RankedChunk[]) => new Map(list.map(({ id, score }) => [id, score]));
        const [byWords, byMeaning] = [scores(lexical), scores(vector)];
        const isBetter = (one: string, other: string): boolean => {
          const leads = [byWords, byMeaning].map((list) => (list.get(one) ?? -1) - (list.get(other) ?? -1));
          return leads.every((lead) => lead >= 0) && leads.some((lead) => lead > 0);
        };
        const misplaced = fused.filter((lower, index) =>
          fused.slice(0, index).some((higher) => isBetter(lower.id, higher.id)),
        );
        expect(misplaced).toEqual([]);
      }),
    );
  });

  it('returns every chunk once, in the order of the scores, whatever the order of equals', () => {
    fc.assert(
      fc.property(ranking, ranking, (lexical, vector) => {
        const fused = fuseRankings(lexical, vector);
        const all = new Set([...lexical, ...vector].map(({ id }) => id));
        expect(fused.map(({ id }) => id).sort()).toEqual([...all].sort());
        const scores = fused.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((one, other) => other - one));
        const reordered = (list: RankedChunk[]): RankedChunk[] =>
          list.toReversed().sort((one, other) => other.score - one.score);
        if (lexical.length > 0 && vector.length > 0)
          expect(fuseRankings(reordered(lexical), reordered(vector))).toEqual(fused);
      }),
    );
  });
});
