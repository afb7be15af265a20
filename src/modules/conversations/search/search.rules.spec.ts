import { planOf, scopeLexeme, type SurveyedWord } from './search.rules.js';

const SCOPE = scopeLexeme('ada', null);
const word = (lexeme: string, found: number | null, share: number | null = null): SurveyedWord => ({
  ...{ lexeme, found, share },
});
const plan = (words: SurveyedWord[], entries = 10_000): ReturnType<typeof planOf> =>
  planOf(SCOPE, { entries, length: 20, words });

describe('how a question is looked up', () => {
  it('is not, without words', () => {
    expect(plan([])).toBeNull();
  });

  it('is by the rarest words that lead to enough entries', () => {
    const found = plan([word('plan', 900), word('yak', 3), word('trip', 600), word('gone', 0)]);
    expect(found).toMatchObject({
      rare: `'@ada' & ('yak' | 'trip')`,
      all: null,
      recent: 0,
      any: `'gone' | 'yak' | 'trip' | 'plan'`,
      countable: `'@ada' & ('gone' | 'yak' | 'trip' | 'plan')`,
    });
  });

  it('looks through the newest entries too where rare words lead to few', () => {
    const found = plan([word('yak', 3), word('plan', null, 0.4)]);
    expect(found).toMatchObject({ rare: `'@ada' & ('yak')`, all: null, recent: 1000 });
  });

  it('asks for all words where all are common', () => {
    const found = plan([word('plan', null, 0.4), word('team', 2000, 0.3)]);
    expect(found).toMatchObject({
      rare: null,
      all: `'@ada' & ('team' & 'plan')`,
      recent: 1000,
      countable: null,
    });
  });

  it('gives a word more weight the rarer it is, and never less than none', () => {
    const { weights = [] } =
      plan([word('a', 1), word('b', 100), word('c', null, 0.5), word('d', null, 1)]) ?? {};
    expect(weights).toEqual([...weights].sort((one, other) => other - one));
    expect(weights.at(-1)).toBeGreaterThan(0);
  });

  it('takes every sign of a word literally', () => {
    expect(plan([word(`it's \\ | ()`, 1)])?.any).toBe(`'it''s \\\\ | ()'`);
  });

  it('stays in the organization of a key', () => {
    expect(scopeLexeme('ada', 'acme')).toBe(`'@acmeada'`);
  });
});
