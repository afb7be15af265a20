import fc from 'fast-check';
import { allowedErrors, editDistance, findCorrections, possibleBeginnings } from './spelling.js';

describe('the spelling of a query', () => {
  it.each([
    ['', '', 0],
    ['refund', 'refund', 0],
    ['refnud', 'refund', 1],
    ['refun', 'refund', 1],
    ['refundd', 'refund', 1],
    ['rafund', 'refund', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('has from %j to %j %d errors', (one, other, errors) => {
    expect(editDistance(one, other)).toBe(errors);
  });

  it('has the same errors in both directions', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length));
        expect(editDistance(one, other) === 0).toBe(one === other);
      }),
    );
  });

  it('is not corrected in short words, numbers and compounds', () => {
    expect(['abc', '12345', 'v2.0', 'node.js'].map(allowedErrors)).toEqual([0, 0, 0, 0]);
    expect(['abcd', 'abcdefg', 'abcdefgh'].map(allowedErrors)).toEqual([1, 1, 2]);
  });

  it('is corrected to the nearest words, the most frequent first', () => {
    const vocabulary = ['refund', 'refuse', 'refuns', 'reform'].map((lexeme, index) => ({
      lexeme,
      chunks: index,
      searched: index,
    }));
    const found = findCorrections('refunt', vocabulary).map(({ lexeme }) => lexeme);
    expect(found).toEqual(['refuns', 'refund']);
    expect(possibleBeginnings('refunt')).toEqual(['r', 'e']);
  });
});
