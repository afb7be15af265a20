import { buildQueryPlan, scopeLexeme, type DocumentFrequency } from './search.rules.js';

const SCOPE = scopeLexeme('ada', null);
const word = (lexeme: string, found: number | null, share: number | null = null): DocumentFrequency => ({
  ...{ lexeme, found, share },
});
const plan = (words: DocumentFrequency[], entries = 10_000): ReturnType<typeof buildQueryPlan> =>
  buildQueryPlan(SCOPE, { entries, averageLength: 20, words });

describe('how a question is looked up', () => {
  it('is not, without words', () => {
    expect(plan([])).toBeNull();
  });

  it('is by the rarest words that lead to enough entries', () => {
    const found = plan([word('plan', 900), word('yak', 3), word('trip', 600), word('gone', 0)]);
    expect(found).toMatchObject({
      rareQuery: `'@ada' & ('yak' | 'trip')`,
      allQuery: null,
      recentCount: 0,
      anyQuery: `'gone' | 'yak' | 'trip' | 'plan'`,
      countQuery: `'@ada' & ('gone' | 'yak' | 'trip' | 'plan')`,
    });
  });

  it('looks through the newest entries too where rare words lead to few', () => {
    const found = plan([word('yak', 3), word('plan', null, 0.4)]);
    expect(found).toMatchObject({ rareQuery: `'@ada' & ('yak')`, allQuery: null, recentCount: 1000 });
  });

  it('asks for all words where all are common', () => {
    const found = plan([word('plan', null, 0.4), word('team', 2000, 0.3)]);
    expect(found).toMatchObject({
      rareQuery: null,
      allQuery: `'@ada' & ('team' & 'plan')`,
      recentCount: 1000,
      countQuery: null,
    });
  });

  it('gives a word more weight the rarer it is, and never less than none', () => {
    const { weights = [] } =
      plan([word('a', 1), word('b', 100), word('c', null, 0.5), word('d', null, 1)]) ?? {};
    expect(weights).toEqual([...weights].sort((one, other) => other - one));
    expect(weights.at(-1)).toBeGreaterThan(0);
  });

  it('takes every sign of a word literally', () => {
    expect(plan([word(`it's \\ | ()`, 1)])?.anyQuery).toBe(`'it''s \\\\ | ()'`);
  });

  it('stays in the organization of a key', () => {
    expect(scopeLexeme('ada', 'acme')).toBe(`'@acmeada'`);
  });
});
