import fc from 'fast-check';
import { planLexicalSearch, type TermFrequency } from './query-plan.js';

const term = (lexeme: string, searched: number, chunks = searched): TermFrequency => ({
  lexeme,
  chunks,
  searched,
});

const plan = (terms: TermFrequency[], isNarrow = false, chunks = 10_000) =>
  planLexicalSearch({ chunks, averageLength: 100, terms }, isNarrow);

describe('the plan of a search in documents', () => {
  it('does not exist when no searched chunk has a word', () => {
    expect(plan([])).toBeNull();
    expect(plan([term('gone', 0, 5)])).toBeNull();
  });

  it('selects the rarest words that match enough chunks', () => {
    const words = [term('plan', 900), term('yak', 3), term('trip', 600), term('gone', 0)];
    expect(plan(words)).toMatchObject({
      candidates: ['yak', 'trip'],
      common: [],
      words: ['yak', 'trip', 'plan'],
      wordQueries: [`'yak'`, `'trip'`, `'plan'`],
      reachesMaxTotal: false,
    });
  });

  it('adds the chunks with all common words when rare words match few', () => {
    const words = [term('plan', 4000), term('yak', 3), term('team', 3000)];
    expect(plan(words)).toMatchObject({
      candidates: ['yak'],
      common: ['team', 'plan'],
      reachesMaxTotal: true,
    });
  });

  it('scores the matches of every word when a filter excludes some', () => {
    const words = [term('plan', 4000), term('yak', 3)];
    expect(plan(words, true)).toMatchObject({
      candidates: ['yak', 'plan'],
      common: [],
      reachesMaxTotal: false,
    });
  });

  it('weighs a word by all chunks that the reader reads, not only by the searched ones', () => {
    const [all, some] = [plan([term('yak', 5, 50)]), plan([term('yak', 50)])];
    expect(all?.weights).toEqual(some?.weights);
  });

  it('selects a bounded number of chunks, and gives rarer words more weight', () => {
    const terms = fc
      .array(fc.nat(20_000), { minLength: 1, maxLength: 60 })
      .map((counts) => counts.map((count, index) => term(`w${index}`, count)));
    fc.assert(
      fc.property(terms, (given) => {
        const planned = plan(given, false, 20_000);
        if (!planned) return expect(given.every(({ searched }) => searched === 0)).toBe(true);
        const counts = new Map(given.map(({ lexeme, searched }) => [lexeme, searched]));
        const selected = planned.candidates.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0);
        expect(selected).toBeLessThanOrEqual(2500);
        expect(planned.words.length).toBeLessThanOrEqual(32);
        expect(planned.weights).toEqual([...planned.weights].sort((one, other) => other - one));
        expect(planned.weights.every((weight) => weight > 0)).toBe(true);
      }),
    );
  });
});
