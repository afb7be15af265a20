import fc from 'fast-check';
import { FINISH_REASONS, isComplete, toStorableText } from './message.rules.js';

describe('a complete message', () => {
  it('has ended by itself, or is no answer', () => {
    expect(isComplete(null)).toBe(true);
    expect(FINISH_REASONS.filter((reason) => isComplete(reason))).toEqual(['stop']);
  });
});

describe('the storable form of a text', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['a\u0000b\u0000', 'ab'],
    ['\u0000', ''],
    ['\u0001\n\t', '\u0001\n\t'],
    ['a\ud800b', 'a\ufffdb'],
    ['a\udc00', 'a\ufffd'],
    ['\udc00\ud800', '\ufffd\ufffd'],
    ['🦉', '🦉'],
    ['\ud83e\u0000\udd89', '\ufffd\ufffd'],
  ])('of %j is %j', (text, stored) => {
    expect(toStorableText(text)).toBe(stored);
  });

  it('has no null characters and no lone surrogates, and does not change when it is stored again', () => {
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(text, (content) => {
        const stored = toStorableText(content);
        expect(stored.isWellFormed()).toBe(true);
        expect(stored).not.toContain('\u0000');
        expect(toStorableText(stored)).toBe(stored);
      }),
    );
  });

  it('keeps every text without null characters and lone surrogates', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (content) => {
        fc.pre(!content.includes('\u0000'));
        expect(toStorableText(content)).toBe(content);
      }),
    );
  });
});
