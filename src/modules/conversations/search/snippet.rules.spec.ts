import fc from 'fast-check';
import { HEADLINE_MARKS, toSnippetHtml } from './snippet.rules.js';

const [LESS, GREATER, SLASH, DASH, START, STOP] = HEADLINE_MARKS;

describe('a snippet', () => {
  it('marks matches, and shows everything else as text', () => {
    const headline = `${LESS}script${GREATER}a("b")${LESS}${SLASH}script${GREATER} e${DASH}${START}mail${STOP} & 'c'`;
    expect(toSnippetHtml(headline)).toBe(
      '&lt;script&gt;a(&quot;b&quot;)&lt;/script&gt; e-<mark>mail</mark> &amp; &#39;c&#39;',
    );
  });

  it('is cut around the first match, with every mark closed', () => {
    const long = `${'東'.repeat(5000)}${START}${'京'.repeat(5000)}${STOP}`;
    const snippet = toSnippetHtml(long);
    expect(snippet.length).toBeLessThan(650);
    expect(snippet).toMatch(/^… 東{120}<mark>京+<\/mark> …$/u);
  });

  it('has no tag but mark, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (text) => {
        const snippet = toSnippetHtml(text.replace(/[\u0005\u0006]/g, ''));
        expect(snippet).not.toMatch(/[<>"']/);
        expect(snippet.isWellFormed()).toBe(text.isWellFormed() || snippet.isWellFormed());
      }),
    );
  });
});
