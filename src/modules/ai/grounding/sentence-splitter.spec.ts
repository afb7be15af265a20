import fc from 'fast-check';
import { SentenceSplitter } from './sentence-splitter.js';

/** Splits a text that arrives in parts of `size` characters. */
function split(text: string, size = 1): string[] {
  const splitter = new SentenceSplitter();
  const parts = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
  return [...parts.flatMap((part) => splitter.append(part)), ...splitter.finish()];
}

describe('SentenceSplitter', () => {
  it.each([
    [
      'two sentences',
      'The fee is 80 euros. It is due in May.',
      ['The fee is 80 euros.', ' It is due in May.'],
    ],
    ['a citation before the full stop', 'It is due [1]. Pay it.', ['It is due [1].', ' Pay it.']],
    ['a citation after the full stop', 'It is due. [1] Pay it.', ['It is due. [1]', ' Pay it.']],
    ['several citations', 'It is due.[1][2] [3, 4] Pay.', ['It is due.[1][2] [3, 4]', ' Pay.']],
    ['a bracket that is no citation', 'It is due. [sic] Pay.', ['It is due.', ' [sic] Pay.']],
    [
      'titles and abbreviations',
      'Dr. Ada pays, e.g. by card. Good.',
      ['Dr. Ada pays, e.g. by card.', ' Good.'],
    ],
    ['a decimal number', 'It costs 3.50 euros. Good.', ['It costs 3.50 euros.', ' Good.']],
    ['lines of a list', '- One [1]\n- Two [2]', ['- One [1]\n', '- Two [2]']],
    ['the number of a list item', '1. One thing. Two.', ['1. One thing.', ' Two.']],
    ['Japanese', '料金は80ユーロです。[1]五月に払います。', ['料金は80ユーロです。[1]', '五月に払います。']],
    ['a quotation', 'He said "no." She left.', ['He said "no."', ' She left.']],
    ['an unfinished sentence', 'It is due', ['It is due']],
    ['nothing', '', []],
  ])('splits %s', (_, text, sentences) => {
    expect(split(text, 1)).toEqual(sentences);
    expect(split(text, 7)).toEqual(sentences);
  });

  it('loses no character, however the text arrives', () => {
    const words = fc.constantFrom('a', '. ', '[1]', '[', '\n', '。', '!', ' ', 'Dr', '3', '𝒳', '"');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const text = parts.join('');
        expect(split(text, size).join('')).toBe(text);
        expect(split(text, size)).toEqual(split(text, 1));
      }),
    );
  });

  it('hands on a text without any end in bounded pieces', () => {
    const pieces = split('word '.repeat(1_000), 500);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(2_500);
  });

  it('takes a time that grows with the length of the text, not with its square', () => {
    const started = performance.now();
    split('Dr. '.repeat(50_000), 200_000);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
