import { keepVisibleCharacters } from './visible-characters.js';

describe('characters that a reader sees', () => {
  it.each([
    ['soft hyphens', 'soft\u00adhyphen', 'softhyphen'],
    ['zero-width spaces', 'zero\u200bwidth\ufeff', 'zerowidth'],
    ['directional overrides', 'a\u202eb\u202cc\u2067d', 'abcd'],
    ['tag characters', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['control characters', 'a\u0000b\u0007c', 'abc'],
    ['joiners in Latin words', 'ig\u200dnore al\u200cl', 'ignore all'],
  ])('removes %s', (_name, text, visible) => {
    expect(keepVisibleCharacters(text)).toBe(visible);
  });

  it.each([
    ['Persian', 'می\u200cخواهم'],
    ['Hindi', 'क्\u200dष'],
    ['an emoji of a family', '👩\u200d👧'],
    ['line breaks and tabs', 'a\n\tb\r\nc'],
  ])('keeps what is spelling: %s', (_name, text) => {
    expect(keepVisibleCharacters(text)).toBe(text);
  });

  it('replaces halves of surrogate pairs', () => {
    expect(keepVisibleCharacters('a\ud800b')).toBe('a\ufffdb');
  });
});
