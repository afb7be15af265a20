import fc from 'fast-check';
import * as rules from './field-rules.js';

type Sample = [unknown, boolean];

function expectResults(rule: rules.FieldRule, samples: Sample[]): void {
  for (const [value, expected] of samples) expect([value, rule.test(value)]).toEqual([value, expected]);
}

describe('a rule of a field', () => {
  it('tells the types of JSON apart', () => {
    const values = ['', 0, true, null, undefined, {}, [], new Date(0)];
    const accepted = (rule: rules.FieldRule): unknown[] => values.filter((value) => rule.test(value));
    expect(accepted(rules.isString)).toEqual(['']);
    expect(accepted(rules.isBoolean)).toEqual([true]);
    expect(accepted(rules.isInteger)).toEqual([0]);
    expect(accepted(rules.isArray)).toEqual([[]]);
    expect(accepted(rules.isObject)).toEqual([{}, new Date(0)]);
  });

  it('accepts whole numbers only', () => {
    expectResults(rules.isInteger, [
      [-1, true],
      [1e15, true],
      [1.5, false],
      [NaN, false],
      [Infinity, false],
      ['1', false],
    ]);
  });

  it('finds repeated items of a list', () => {
    expectResults(rules.hasDistinctItems, [
      [[], true],
      [['a', 'A', ' a'], true],
      [['a', 'b', 'a'], false],
      [[1, '1'], true],
    ]);
  });

  it('counts the items of a list, both bounds included', () => {
    const rule = rules.itemCount(1, 3);
    expectResults(rule, [
      [[], false],
      [[1], true],
      [[1, 2, 3], true],
      [[1, 2, 3, 4], false],
    ]);
    expect(rule.message).toBe('must hold 1 to 3 values');
    expect(rules.itemCount(0, 3).message).toBe('must hold at most 3 values');
  });

  it('applies to every item of a list, with a message for lists', () => {
    const rule = rules.everyItem(rules.minLength(1));
    expectResults(rule, [
      [[], true],
      [['a', ''], false],
      [['a', 'b'], true],
    ]);
    expect([rule.name, rule.message]).toEqual(['min_length', 'each value must not be empty']);
  });

  it('refuses NUL and lone surrogates, which the database cannot store', () => {
    expectResults(rules.isWellFormed, [
      ['', true],
      ['😀', true],
      ['a\0b', false],
      ['\ud83d', false],
      ['\ude00\ud83d', false],
      ['\u0001', true],
    ]);
  });

  it.each(['\n', '\r', '\t', '\u0000', '\u007f', '\u0085', '\u2028', '\u2029', '\u202e', '\u2066', '\u2069'])(
    'refuses %j in one line',
    (character) => {
      expect(rules.isOneLine.test(`a${character}b`)).toBe(false);
    },
  );

  it('accepts letters of every direction and emoji in one line', () => {
    expectResults(rules.isOneLine, [
      ['', true],
      ['Ada Lovelace', true],
      ['שלום', true],
      ['👩‍👩‍👧', true],
      ['a\u00a0b', true],
    ]);
  });

  it.each([
    'ada@example.com',
    'ada+xentree@mail.example.co.uk',
    "o'hara@example.com",
    'müller@example.com',
    'ada@bücher.example',
  ])('accepts the e-mail address %s', (address) => {
    expect(rules.isEmailAddress.test(address)).toBe(true);
  });

  it.each([
    ['no address', 'ada'],
    ['a quoted local part', '"ada lovelace"@example.com'],
    ['a quoted local part with another recipient', '"eve@evil.example,"@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['angle brackets', '<ada@example.com>'],
    ['a line break', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a quoted line break', '"a\r\nb"@example.com'],
    ['a tab', 'a\tda@example.com'],
    ['a zero-width space', 'ada@example.com\u200b'],
    ['a zero-width joiner', 'a\u200dda@example.com'],
    ['a soft hyphen', 'a\u00adda@example.com'],
    ['a byte order mark', '\ufeffada@example.com'],
    ['a change of the writing direction', 'moc.elpmaxe@\u202eada@example.com'],
    ['a bidirectional isolate', 'a\u2066da@example.com'],
    ['a variation selector', 'a\ufe0fda@example.com'],
    ['a Hangul filler', 'a\u3164da@example.com'],
    ['a blank Braille pattern', 'a\u2800da@example.com'],
    ['a tag character', 'a\u{e0061}da@example.com'],
    ['a no-break space', 'a\u00a0da@example.com'],
    ['a character for private use', 'a\ue000da@example.com'],
  ])('refuses an e-mail address with %s', (_what, address) => {
    expect(rules.isEmailAddress.test(address)).toBe(false);
  });

  it('needs one visible character', () => {
    expectResults(rules.isVisible, [
      ['', false],
      ['   ', false],
      ['\u200b\u200d\u2060', false],
      ['\u00ad', false],
      ['\u0301', false],
      ['.', true],
      ['字', true],
      ['😀', true],
      [' 7 ', true],
    ]);
  });

  it('counts code points instead of UTF-16 units', () => {
    expectResults(rules.maxLength(2), [
      ['😀😀', true],
      ['😀😀😀', false],
      ['abc', false],
    ]);
    expectResults(rules.minLength(2), [
      ['😀', false],
      ['😀😀', true],
      ['', false],
    ]);
  });

  it('never lets minLength and maxLength refuse the same text between the bounds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.nat(20),
        fc.nat(20),
        (text, low, high) => {
          const length = [...text].length;
          expect(rules.minLength(low).test(text)).toBe(length >= low);
          expect(rules.maxLength(high).test(text)).toBe(length <= high);
        },
      ),
    );
  });

  it('names a minimum of 1 in its own words', () => {
    expect(rules.minLength(1).message).toBe('must not be empty');
    expect(rules.minLength(8).message).toBe('must have at least 8 characters');
    expect(rules.maxLength(5).message).toBe('must have at most 5 characters');
  });

  it('compares numbers, both bounds included', () => {
    const rule = rules.between(1, 100);
    expectResults(rule, [
      [1, true],
      [100, true],
      [0, false],
      [101, false],
      [NaN, false],
    ]);
    expect(rule.message).toBe('must be between 1 and 100');
  });

  it('matches a pattern, under its own name', () => {
    const rule = rules.matches(/^[a-z]+$/, 'must be lower case', 'lower_case');
    expectResults(rule, [
      ['abc', true],
      ['Abc', false],
      ['', false],
    ]);
    expect(rule.name).toBe('lower_case');
    expect(rules.matches(/x/, 'no').name).toBe('pattern');
  });

  it('accepts the values of a set, and no others in another case', () => {
    const rule = rules.oneOf(['user', 'assistant']);
    expectResults(rule, [
      ['user', true],
      ['User', false],
      ['', false],
      ['user ', false],
    ]);
    expect(rule.message).toBe('must be one of user, assistant');
  });
});
