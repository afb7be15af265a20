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
  ])('in %j are read from %j', (text, highlight, expected) => {
    expect(slices(text, highlight)).toEqual(expected);
  });

  it('include words that PostgreSQL does not highlight', () => {
    const find = (text: string, words: string[]): string[] =>
      findLiteralMatches(text, words).map(({ start, end }) => text.slice(start, end));
    expect(find('We write C++ and c++', ['c++', 'we'])).toEqual(['C++', 'c++']);
    expect(find('東京都', ['東京', '京都'])).toEqual(['東京', '京都']);
    expect(find('An E-Mail and e-mails, a state', ['email', 'stat'])).toEqual(['E-Mail', 'e-mails']);
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
