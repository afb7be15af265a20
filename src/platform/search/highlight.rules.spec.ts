import fc from 'fast-check';
import { findLiteralMatches, readHighlights, toHighlightedHtml } from './highlight.rules.js';

const mark = (text: string): string => `\u0005${text}\u0006`;
const slices = (text: string, highlight: string): string[] =>
  readHighlights(text, highlight).map(({ start, end }) => text.slice(start, end));

describe('the matches of a text', () => {
  it.each([
    ['an otter swims', `an ${mark('otter')} swims`, ['otter']],
    ['Crème brûlée', `${mark('Creme')} ${mark('brulee')}`, ['Crème', 'brûlée']],
    ['Cre\u0300me de la', `${mark('Creme')} de la`, ['Cre\u0300me']],
    ['Große Straße hier', `Grosse ${mark('Strasse')} hier`, ['Straße']],
    ['œuvre 🦉 otter', `oeuvre 🦉 ${mark('otter')}`, ['otter']],
    ['й мой', `й ${mark('мой')}`, ['мой']],
    ['nothing', 'nothing', []],
    ['a text', `another ${mark('text')}`, []],
    ['another text', `a ${mark('text')}`, []],
    ['한국어 말'.normalize('NFD'), `${mark('한국어')} 말`, ['한국어'.normalize('NFD')]],
    [`a${'\u0301'.repeat(60)} otter`, `a ${mark('otter')}`, ['otter']],
    ['𐐨𐐨𐐨𐐨 otter', `<i>  ${mark('otter')}`, ['otter']],
    ['an 𐐨 otter', `an ${mark('𐐨')} otter`, ['𐐨']],
  ])('in %j are read from %j', (text, highlight, expected) => {
    expect(slices(text, highlight)).toEqual(expected);
  });

  it('include words that PostgreSQL does not highlight', () => {
    const find = (text: string, words: string[]): string[] =>
      findLiteralMatches(text, words).map(({ start, end }) => text.slice(start, end));
    expect(find('We write C++ and c++', ['c++', 'we'])).toEqual(['C++', 'c++']);
    expect(find('東京都', ['東京', '京都'])).toEqual(['東京', '京都']);
    expect(find('İ 東京 C++', ['東京', 'c++'])).toEqual(['東京', 'C++']);
    expect(find('An E-Mail and e-mails, a state', ['email', 'stat'])).toEqual(['E-Mail', 'e-mails']);
  });
});

describe('a long word', () => {
  it('is searched in linear time', () => {
    const measure = (length: number): number => {
      const started = performance.now();
      expect(findLiteralMatches('a'.repeat(length), ['email'])).toEqual([]);
      return performance.now() - started;
    };
    measure(10_000);
    expect(measure(200_000)).toBeLessThan(2000); // 90 seconds with one attempt for each letter
  });
});

describe('the HTML of matches', () => {
  it('is escaped, with merged matches in <mark>', () => {
    const matches = [
      { start: 4, end: 6 },
      { start: 3, end: 5 },
    ];
    expect(toHighlightedHtml('<a>bcd&\n\n"', matches)).toBe('&lt;a&gt;<mark>bcd</mark>&amp; &quot;');
  });

  it('is the part with the most matches, cut between words', () => {
    const text = `${'word '.repeat(200)}otter ${'more '.repeat(100)}otter otter ${'rest '.repeat(100)}`;
    const html = toHighlightedHtml(
      text,
      [...text.matchAll(/otter/g)].map(({ index }) => ({ start: index, end: index + 5 })),
    );
    expect(html).toMatch(/^… (more )+<mark>otter<\/mark> <mark>otter<\/mark> (rest )+…$/);
    expect(html.length).toBeLessThan(400);
  });

  it('has the part of a match that is longer than it', () => {
    expect(toHighlightedHtml('哈'.repeat(900), [{ start: 0, end: 900 }])).toBe(
      `<mark>${'哈'.repeat(320)}</mark> …`,
    );
  });

  it('has no tag but mark, and is well-formed wherever it is cut', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 900 });
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(900), fc.nat(9)), { maxLength: 9 }), (given, positions) => {
        const matches = positions
          .map(([start, length]) => ({ start, end: start + length + 1 }))
          .filter(({ end }) => end <= given.length);
        const html = toHighlightedHtml(given, matches);
        const tags = html.match(/<[^>]*>/g) ?? [];
        expect(tags).toEqual(tags.map((_, index) => (index % 2 === 0 ? '<mark>' : '</mark>')));
        expect(tags.length % 2).toBe(0);
      }),
    );
  });
});
