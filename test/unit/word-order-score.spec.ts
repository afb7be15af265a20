import { wordOrderScore, wordsOf } from '@test/support/documents/word-order-score.js';

describe('the score of an extracted text', () => {
  it('is full when the words agree, whatever stands between them', () => {
    const score = wordOrderScore('Price\t12 zł\n\n• Zo\u0308e', 'Price | 12 zł - Zöe');
    expect(score).toMatchObject({ expected: 4, recall: 1, precision: 1, lost: [], added: [] });
  });

  it('counts lost words, and words that a reader does not see', () => {
    const score = wordOrderScore('one two three four', 'page 1 one two four');
    expect(score).toMatchObject({ recall: 0.75, precision: 0.6, lost: ['three'], added: ['page', '1'] });
  });

  it('counts words in another order as lost', () => {
    expect(wordOrderScore('a b c d', 'c d a b').recall).toBe(0.5);
  });

  it('names words that were written together and words that were torn apart', () => {
    const score = wordOrderScore('opening hours on Monday', 'openinghours on Mon day');
    expect(score).toMatchObject({ glued: ['openinghours'], split: ['Monday'] });
  });

  it('takes each character of Chinese and Japanese for a word', () => {
    expect(wordsOf('第3回ABC会議')).toEqual(['第', '3', '回', 'ABC', '会', '議']);
  });

  it('keeps the marks of Hebrew and Arabic in their words and drops soft hyphens', () => {
    expect(wordsOf('שָׁלוֹם كِتاب Kom\u00adpost')).toEqual(['שָׁלוֹם'.normalize('NFC'), 'كِتاب', 'Kompost']);
  });
});
