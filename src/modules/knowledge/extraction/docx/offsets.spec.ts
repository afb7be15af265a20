import fc from 'fast-check';
import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { docxFile, paragraph, run } from '@test/support/documents/docx-file.js';
import { extractDocx } from './extract-docx.js';

const words = fc.string({
  unit: fc.constantFrom('a', 'é', '東', '😀', ' ', '\t', '\n', '\u00ad', '\u00a0'),
  maxLength: 12,
});
const properties = fc.constantFrom('', '<w:outlineLvl w:val="1"/>', '<w:rPr><w:del/></w:rPr>');
const plain = fc.tuple(words, properties).map(([text, stated]) => paragraph(text, stated));
const broken = words.map(
  (text) => `<w:p>${run(text)}<w:r><w:br/></w:r>${run(text, '<w:vanish/>')}${run(text)}</w:p>`,
);
const table = fc
  .array(fc.array(fc.oneof(plain, broken), { maxLength: 3 }), { maxLength: 3 })
  .map((rows) => rows.map((cells) => `<w:tr>${cells.map((cell) => `<w:tc>${cell}</w:tc>`).join('')}</w:tr>`))
  .map((rows) => `<w:tbl>${rows.join('')}</w:tbl>`);
const body = fc.array(fc.oneof(plain, broken, table), { maxLength: 8 }).map((blocks) => blocks.join(''));

describe('the blocks of a Word document', () => {
  it('are in order, do not overlap, and leave only white space between them', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (markup) => {
        const { text, blocks } = await extractDocx(await docxFile({ body: paragraph('x') + markup }));
        let end = 0;
        for (const block of blocks) {
          expect(block.start).toBeGreaterThanOrEqual(end);
          expect(text.slice(end, block.start).trim()).toBe('');
          expect(text.slice(block.start, block.end).trim()).not.toBe('');
          end = block.end;
        }
        expect(end).toBe(text.length);
      }),
      { numRuns: 40 },
    );
  });

  it('end in one of the documented failures when bytes of the file are changed', async () => {
    const file = await docxFile({ body: paragraph('text'), styles: '', numbering: '' });
    const change = fc.record({ at: fc.nat(file.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const bytes = Uint8Array.from(file);
        for (const { at, byte } of changes) bytes[at] = byte;
        const result = await extractDocx(bytes).catch((error: unknown) => error);
        expect(result instanceof Error ? result instanceof ExtractionFailure : true).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
