import fc from 'fast-check';
import { HEADLINE_MARKS, highlightUnspaced, toSnippetHtml } from './snippet.rules.js';

const [LESS, GREATER, SLASH, DASH, START, STOP] = HEADLINE_MARKS;

describe('the HTML of a snippet', () => {
  it('has matches in <mark>, and everything else escaped', () => {
    const headline = `${LESS}script${GREATER}a("b")${LESS}${SLASH}script${GREATER} e${DASH}${START}mail${STOP} & 'c'`;
    expect(toSnippetHtml(headline)).toBe(
      '&lt;script&gt;a(&quot;b&quot;)&lt;/script&gt; e-<mark>mail</mark> &amp; &#39;c&#39;',
    );
  });

  it.each([
    ['', ''],
    ['   ', ''],
    [' plain text ', 'plain text'],
    ['&lt;', '&amp;lt;'],
    [`${START}a${STOP}${START}b${STOP}`, '<mark>a</mark><mark>b</mark>'],
    [`${START}<b>${STOP}`, '<mark>&lt;b&gt;</mark>'],
  ])('of the headline %j is %j', (headline, html) => {
    expect(toSnippetHtml(headline)).toBe(html);
  });

  it.each([
    [599, false],
    [600, false],
    [601, true],
  ])('of %d characters without a match is cut: %s', (length, cut) => {
    expect(toSnippetHtml('x'.repeat(length))).toBe(cut ? `${'x'.repeat(600)} …` : 'x'.repeat(length));
  });

  it('is cut around the first match, with every mark closed', () => {
    const long = `${'東'.repeat(5000)}${START}${'京'.repeat(5000)}${STOP}`;
    const snippet = toSnippetHtml(long);
    expect(snippet.length).toBeLessThan(650);
    expect(snippet).toMatch(/^… 東{120}<mark>京+<\/mark> …$/u);
  });

  it('is not cut before a match near the beginning', () => {
    const snippet = toSnippetHtml(`${'a'.repeat(100)}${START}b${STOP}${'c'.repeat(1000)}`);
    expect(snippet).toMatch(/^a{100}<mark>b<\/mark>c+ …$/);
  });

  it('is well-formed when a cut splits a surrogate pair', () => {
    const snippet = toSnippetHtml(`${'🦉'.repeat(100)}x${START}y${STOP}${'🦉'.repeat(400)}`);
    expect(snippet).toContain('<mark>y</mark>');
    expect(snippet.isWellFormed()).toBe(true);
  });

  it('has no tag but mark, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (text) => {
        const snippet = toSnippetHtml(text.replace(/[\u0005\u0006]/g, ''));
        expect(snippet).not.toMatch(/[<>"']/);
        if (text.isWellFormed()) expect(snippet.isWellFormed()).toBe(true);
      }),
    );
  });

  it('opens and closes marks in turn, wherever it is cut', () => {
    const part = fc.record({ text: fc.string({ minLength: 1, maxLength: 300 }), matches: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const headline = parts.map(({ text, matches }) => (matches ? START + text + STOP : text)).join('');
        const tags = toSnippetHtml(headline).match(/<\/?mark>/g) ?? [];
        expect(tags).toEqual(tags.map((_, index) => (index % 2 === 0 ? '<mark>' : '</mark>')));
        expect(tags.length % 2).toBe(0);
      }),
    );
  });
});

describe('the headline of words in scripts without spaces', () => {
  const mark = (text: string): string => START + text + STOP;

  it.each([
    ['without words', '東京', []],
    ['without a word in such a script', 'plain 東京', ['plain', 'ñandú']],
    ['without a word that occurs', '東京', ['大阪', '京東']],
    ['without text', '', ['東京']],
  ])('does not exist %s', (_name, text, words) => {
    expect(highlightUnspaced(text, words)).toBeUndefined();
  });

  it.each([
    ['Chinese and Japanese', '来週の会議は東京で', ['東京'], `来週の会議は${mark('東京')}で`],
    ['Hiragana', 'あいう', ['いう'], `あ${mark('いう')}`],
    ['Thai', 'ที่กรุงเทพ', ['กรุง'], `ที่${mark('กรุง')}เทพ`],
    ['every occurrence', '東京と東京', ['東京'], `${mark('東京')}と${mark('東京')}`],
    ['adjacent pairs as one match', '東京都庁', ['東京', '都庁'], mark('東京都庁')],
    ['overlapping pairs as one match', '東京都', ['東京', '京都'], mark('東京都')],
    ['overlapping occurrences of one word', '東東東', ['東東'], mark('東東東')],
    ['any case of Latin characters', 'A東', ['a東'], mark('A東')],
    ['only the words in such scripts', 'plan 東京', ['plan', '東京'], `plan ${mark('東京')}`],
  ])('marks %s', (_name, text, words, headline) => {
    expect(highlightUnspaced(text, words)).toBe(headline);
  });

  it('keeps its positions in a text whose lower case has another length', () => {
    expect('İ'.toLowerCase()).toHaveLength(2);
    expect(highlightUnspaced('İİ東京', ['東京'])).toBe(`İİ${mark('東京')}`);
  });

  it('keeps its positions after characters outside the Basic Multilingual Plane', () => {
    expect(highlightUnspaced('🦉𠮷東京', ['東京'])).toBe(`🦉𠮷${mark('東京')}`);
  });

  it('shows up to 120 characters before the first match and 600 in all', () => {
    expect(highlightUnspaced(`${'あ'.repeat(120)}東京`, ['東京'])).toBe(`${'あ'.repeat(120)}${mark('東京')}`);
    const headline = highlightUnspaced(`${'あ'.repeat(121)}東京${'い'.repeat(1000)}`, ['東京']);
    expect(headline).toBe(`… ${'あ'.repeat(120)}${mark('東京')}${'い'.repeat(478)}`);
  });

  it('replaces control characters of the text that would count as marks', () => {
    expect(highlightUnspaced(`${START}あ${STOP}東京\u0001`, ['東京'])).toBe(` あ ${mark('東京')} `);
  });

  it('contains the text around the match unchanged', () => {
    const characters = fc.string({ unit: fc.constantFrom('東', '京', 'あ', 'x', ' '), maxLength: 700 });
    fc.assert(
      fc.property(characters, (text) => {
        const headline = highlightUnspaced(text, ['東京']);
        if (!text.includes('東京')) return expect(headline).toBeUndefined();
        const plain = (headline ?? '').replace(/^… /, '').replace(/[\u0005\u0006]/g, '');
        expect(text).toContain(plain);
        expect(headline).toMatch(/\u0005(東京)+\u0006/);
      }),
    );
  });
});
