import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { extractHtml } from './extract-html.js';

const extract = (html: string | Uint8Array) =>
  extractHtml(typeof html === 'string' ? new TextEncoder().encode(html) : html);
const textOf = async (html: string) => (await extract(html)).text;
const blocksOf = async (html: string) => {
  const { text, blocks } = await extract(html);
  return blocks.map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);
};

describe('the text of a web page', () => {
  it('separates blocks, lines and cells, and leaves out what is not shown', async () => {
    const page =
      '<p>one</p><template>tpl</template><noscript><p>Enable JS</p></noscript><p>two<br>three</p>' +
      '<table><tr><td>a</td><td>b</td></tr></table><style>.x{}</style><script>var s=1</script><canvas>fallback</canvas>';
    expect(await textOf(page)).toBe('one\n\ntwo\nthree\n\na | b');
  });

  it('reads pages without html, head and body', async () => {
    const { title, text } = await extract('<title>Hours</title><h1>Opening hours</h1><p>Monday to Friday');
    expect(title).toBe('Hours');
    expect(text).toBe('Opening hours\n\nMonday to Friday');
  });

  it('reads tables row by row', async () => {
    const page =
      '<table><caption>Sizes</caption><tr><th>Level<th>Words<tr><td>A1<td>500<tr><td>B2<td>4000</table><p>2026. A year';
    expect(await blocksOf(page)).toEqual([
      'paragraph: Sizes',
      'table_row: Level | Words',
      'table_row: A1 | 500',
      'table_row: B2 | 4000',
      'paragraph: 2026. A year',
    ]);
  });

  it('reads a table that arranges the page part by part', async () => {
    const page =
      '<table><tr><td><h2>News</h2><p>First</p></td><td><table><tr><td>a<td>b</table></td></tr></table>';
    expect(await blocksOf(page)).toEqual(['heading: News', 'paragraph: First', 'table_row: a | b']);
  });

  it('numbers lists as browsers do', async () => {
    const page =
      '<ol start=3><li>three<li value=7>seven<li><p>eight</p><p>more</p></ol><ol reversed type=A><li>x<li>y</ol>' +
      '<ol type=i><li>one<ul><li>dot</ul><li>two</ol>';
    expect(await textOf(page)).toBe(
      '3. three\n7. seven\n8. eight\nmore\n\nB. x\nA. y\n\ni. one\n• dot\nii. two',
    );
  });

  it('keeps code as it is written', async () => {
    expect(await blocksOf('<pre><code>if (a) {\n  b();\n}</code></pre><p>see <code>a  b</code></p>')).toEqual(
      ['code: if (a) {\n  b();\n}', 'paragraph: see a b'],
    );
  });

  it('separates touching pieces of code and leaves out the controls of code and headings', async () => {
    const page =
      '<h2>Events<a href="#events">#</a></h2><pre><input type=checkbox><code>a\n</code><code>b</code><button>copy</button></pre>';
    expect(await blocksOf(page)).toEqual(['heading: Events', 'code: a', 'code: b']);
  });

  it('knows headings, title and language', async () => {
    const { blocks, title, statedLanguage } = await extract(
      '<html lang=de_AT><title> A \n title </title><h2>Head</h2><div role=heading aria-level=3>Other</div>',
    );
    expect(blocks.map(({ kind, level }) => [kind, level])).toEqual([
      ['heading', 2],
      ['heading', 3],
    ]);
    expect(title).toBe('A title');
    expect(statedLanguage).toBe('de-AT');
  });

  it('shows the values of forms', async () => {
    const page =
      '<label>Name<input value="Ada"></label><input type=hidden value=token><input type=checkbox checked> agreed' +
      '<select><option>one<option selected>two</select><textarea>long\ntext</textarea><input type=password value=x>';
    expect(await textOf(page)).toBe('Name Ada ☒ agreed two long\ntext');
  });

  it('leaves out navigation only where the page marks its content', async () => {
    const frame = '<nav><a>Home</a><a>About</a></nav><header>Shop</header>';
    expect(await textOf(`${frame}<p>Text`)).toBe('Home About\n\nShop\n\nText');
    expect(await textOf(`${frame}<main><header>By Ada</header>Text</main><footer>Imprint</footer>`)).toBe(
      'By Ada\n\nText',
    );
    expect(await textOf('<header><h1>Title</h1>Menu</header><main>Text</main>')).toBe('Title\n\nText');
  });

  it('writes raised numbers as they look, and marks of notes in brackets', async () => {
    expect(
      await textOf('<p>10<sup>6</sup> words<sup><a href="#n1">1</a></sup>, 1<sup>st</sup> H<sub>2</sub>O'),
    ).toBe('10⁶ words[1], 1st H2O');
  });

  it('takes the language of the body, and of the header of the response, where the page states no other', async () => {
    expect((await extract('<body lang="en-GB">x')).statedLanguage).toBe('en-GB');
    expect((await extract('<meta http-equiv=Content-Language content=pl>x')).statedLanguage).toBe('pl');
    expect((await extract('<html lang="not a language">x')).statedLanguage).toBeNull();
  });

  it('knows footnotes and leaves out the links back to the text', async () => {
    const page =
      '<p>Text<a href="#f1" role=doc-noteref><sup>1</sup></a></p><section role=doc-endnotes><ol>' +
      '<li>The note.<a href="#r1" role=doc-backlink>↩︎</a></ol></section>';
    expect(await blocksOf(page)).toEqual(['paragraph: Text[1]', 'footnote: 1. The note.']);
  });

  it('writes readings of East Asian characters in parentheses', async () => {
    expect(await textOf('<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>')).toBe('漢字(かんじ)');
    expect(await textOf('<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>')).toBe('漢字(かんじ)');
  });

  it('writes formulas in one line', async () => {
    const formula =
      '<math><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac><mo>+</mo>' +
      '<msup><mi>y</mi><mn>2</mn></msup><msqrt><mi>z</mi></msqrt><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>' +
      '<semantics><mi>k</mi><annotation>TeX</annotation></semantics></math>';
    expect(await textOf(`<p>so ${formula} holds`)).toBe('so x=(a+b)/2+y^2√(z)∑_i^n k holds');
  });

  it('fails for a page without text', async () => {
    await expect(extract('<img alt=Picture src=x>')).rejects.toThrow(
      expect.objectContaining<Partial<ExtractionFailure>>({ code: 'no_text' }),
    );
  });

  it('reads 100,000 nested elements', async () => {
    expect(await textOf(`${'<div>'.repeat(100_000)}deep`)).toBe('deep');
  });
});
