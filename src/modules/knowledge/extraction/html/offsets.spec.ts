import fc from 'fast-check';
import { extractHtml } from './extract-html.js';

const TAGS =
  'p div h2 ul ol li table tr td pre span sup ruby rt header main nav details select option q'.split(' ');

const piece = fc.oneof(
  fc.constantFrom(...TAGS).map((tag) => `<${tag}>`),
  fc.constantFrom(...TAGS).map((tag) => `</${tag}>`),
  fc.constantFrom(
    '<br>',
    '<hr>',
    '<input value=x>',
    '<p hidden>',
    '&shy;',
    '\n\n',
    ' ',
    '&nbsp;',
    '<!-- -->',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

describe('the blocks of a web page', () => {
  it('are in order, do not overlap, and leave only white space between them', async () => {
    const page = fc.array(piece, { maxLength: 60 }).map((pieces) => `<p>x${pieces.join('')}`);
    await fc.assert(
      fc.asyncProperty(page, async (html) => {
        const { text, blocks } = await extractHtml(new TextEncoder().encode(html));
        let end = 0;
        for (const block of blocks) {
          expect(block.start).toBeGreaterThanOrEqual(end);
          expect(text.slice(end, block.start).trim()).toBe('');
          expect(text.slice(block.start, block.end).trim()).not.toBe('');
          end = block.end;
        }
        expect(end).toBe(text.length);
      }),
      { numRuns: 120 },
    );
  });
});
