import fc from 'fast-check';
import { buildQueryPlan, scopeLexeme, type DocumentFrequency, type QueryPlan } from './search.rules.js';

const SCOPE = scopeLexeme('ada', null);

const word = (lexeme: string, found: number | null, share: number | null = null): DocumentFrequency => ({
  lexeme,
  found,
  share,
});

function planFor(words: DocumentFrequency[], entries = 10_000): QueryPlan {
  const plan = buildQueryPlan(SCOPE, { entries, averageLength: 20, words });
  if (!plan) throw new Error('The query has no words.');
  return plan;
}

describe('the plan of a search', () => {
  it('does not exist for a query without words', () => {
    expect(buildQueryPlan(SCOPE, { entries: 10_000, averageLength: 20, words: [] })).toBeNull();
  });

  it('selects candidates by the rarest words that match enough entries', () => {
    const words = [word('plan', 900), word('yak', 3), word('trip', 600), word('gone', 0)];
    expect(planFor(words)).toMatchObject({
      rareQuery: `'@ada' & ('yak' | 'trip')`,
      allQuery: null,
      recentCount: 0,
      anyQuery: `'gone' | 'yak' | 'trip' | 'plan'`,
      countQuery: `'@ada' & ('gone' | 'yak' | 'trip' | 'plan')`,
      rarestWords: ['yak', 'trip', 'plan'],
    });
  });

  it('adds the newest entries when the rare words match few', () => {
    const plan = planFor([word('yak', 3), word('plan', null, 0.4)]);
    expect(plan).toMatchObject({ rareQuery: `'@ada' & ('yak')`, allQuery: null, recentCount: 1000 });
  });

  it('selects entries with all words when all words are common', () => {
    expect(planFor([word('plan', null, 0.4), word('team', 2000, 0.3)])).toMatchObject({
      rareQuery: null,
      allQuery: `'@ada' & ('team' & 'plan')`,
      recentCount: 1000,
      countQuery: null,
    });
  });

  it('selects nothing but counts when no entry has a word', () => {
    expect(planFor([word('gone', 0)], 0)).toEqual({
      rareQuery: null,
      allQuery: null,
      recentCount: 0,
      anyQuery: `'gone'`,
      rarestWords: [],
      wordQueries: [`'gone'`],
      countQuery: `'@ada' & ('gone')`,
      weights: [expect.any(Number)],
    });
  });

  it.each([
    ['499 entries are not enough', [499, 600], `'@ada' & ('a' | 'b')`, 0],
    ['500 entries are enough', [500, 600], `'@ada' & ('a')`, 0],
    ['a word in 1,999 entries is rare', [1999], `'@ada' & ('a')`, 0],
    ['a word in 2,000 entries is common', [2000], null, 1000],
    ['few matches of the only word are all candidates', [1], `'@ada' & ('a')`, 0],
    ['a common word adds the newest entries', [499, 2000], `'@ada' & ('a')`, 1000],
    ['a common word adds none when the rare words match enough', [500, 2000], `'@ada' & ('a')`, 0],
  ])('has these limits of candidates: %s', (_name, found, rareQuery, recentCount) => {
    const words = found.map((count, index) => word('abc'.charAt(index), count));
    expect(planFor(words)).toMatchObject({ rareQuery, recentCount });
  });

  it.each([
    [5000, [1999, 1999, 1002]],
    [null, [1999, 1999, 1003]],
  ])('counts up to %s expected matches: %j', (limit, found) => {
    const { countQuery } = planFor(found.map((count, index) => word(`w${index}`, count)));
    expect(countQuery === null).toBe(limit === null);
  });

  it('highlights the eight rarest words that match an entry', () => {
    const words = Array.from({ length: 12 }, (_, index) => word(`w${index}`, 11 - index));
    expect(planFor(words).rarestWords).toEqual(['w10', 'w9', 'w8', 'w7', 'w6', 'w5', 'w4', 'w3']);
  });

  it('estimates the frequency of a common word by its share of all entries', () => {
    const { wordQueries } = planFor([
      word('more', null, 0.9),
      word('less', null, 0.5),
      word('least', null, null),
    ]);
    expect(wordQueries).toEqual([`'least'`, `'less'`, `'more'`]);
  });

  it('gives a rarer word more weight, and every word a positive one', () => {
    const frequency = fc.record({
      lexeme: fc.string({ minLength: 1, maxLength: 5 }),
      found: fc.option(fc.nat(2000)),
      share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    });
    const words = fc.array(frequency, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.nat(1_000_000), (given, entries) => {
        const { weights, wordQueries, rarestWords } = planFor(given, entries);
        expect(weights).toEqual([...weights].sort((one, other) => other - one));
        expect(weights.every((weight) => weight > 0 && Number.isFinite(weight))).toBe(true);
        expect(wordQueries).toHaveLength(given.length);
        expect(weights).toHaveLength(given.length);
        expect(rarestWords.length).toBeLessThanOrEqual(8);
      }),
    );
  });

  it('never scores more than 5,000 candidates of rare words', () => {
    const found = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(found, (counts) => {
        const { rareQuery } = planFor(counts.map((count, index) => word(`w${index}`, count)));
        const selected = [...(rareQuery ?? '').matchAll(/'w(\d+)'/g)].map(
          ([, index]) => counts[Number(index)] ?? 0,
        );
        expect(selected.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(5000);
        expect(selected.every((count) => count > 0 && count < 2000)).toBe(true);
      }),
    );
  });
});

describe('the queries of a search', () => {
  it('take every character of a word literally', () => {
    expect(planFor([word(`it's \\ | ()`, 1)]).anyQuery).toBe(`'it''s \\\\ | ()'`);
  });

  it('contain each word as one quoted lexeme', () => {
    const lexeme = fc.string({ unit: fc.constantFrom("'", '\\', '|', '&', '!', '(', ':*', ' ', 'a', '東') });
    fc.assert(
      fc.property(lexeme, (text) => {
        const [query = ''] = planFor([word(text, 1)]).wordQueries;
        expect(query).toMatch(/^'([^'\\]|''|\\\\)*'$/);
        expect(query.slice(1, -1).replaceAll("''", "'").replaceAll('\\\\', '\\')).toBe(text);
      }),
    );
  });

  it('are limited to the entries of the owner', () => {
    expect(scopeLexeme('ada', null)).toBe(`'@ada'`);
    expect(scopeLexeme('ada', 'acme')).toBe(`'@acmeada'`);
    const { rareQuery, countQuery } = planFor([word('a', 1), word('b', 1)]);
    for (const query of [rareQuery, countQuery]) expect(query).toMatch(/^'@ada' & \(.*\)$/);
  });
});
