import fc from 'fast-check';
import { buildPdf, showAt } from '@test/support/documents/build-pdf.js';
import type { ExtractedDocument } from '../extracted-document.js';
import { extractPdf } from './extract-pdf.js';

const blocksOf = ({ text, blocks }: ExtractedDocument): string[] =>
  blocks.map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

const PICTURE = 'q 100 0 0 100 72 500 cm /Im Do Q';

describe('Extraction of small PDF files', () => {
  it('keeps one of two copies that make a text bold, and reads from top to bottom', async () => {
    const page = [
      showAt(72, 600, 'drawn first but printed last.'),
      showAt(72, 700, 'Refund policy', 18),
      showAt(72.3, 700, 'Refund policy', 18),
      showAt(72, 640, 'drawn last.'),
    ].join('\n');
    expect(blocksOf(await extractPdf(buildPdf({ pages: [page] })))).toEqual([
      'heading: Refund policy',
      'paragraph: drawn last.',
      'paragraph: drawn first but printed last.',
    ]);
  });

  it('puts the values of a form where its fields are', async () => {
    const field = (number: number, entries: string): [number, string] => [
      number,
      `<< /Type /Annot /Subtype /Widget ${entries} >>`,
    ];
    const bytes = buildPdf({
      pages: [[showAt(72, 700, 'Full name:'), showAt(72, 650, 'I agree')].join('\n')],
      catalog: '/AcroForm << /Fields [100 0 R 101 0 R] >>',
      pageEntries: '/Annots [100 0 R 101 0 R]',
      objects: Object.fromEntries([
        field(100, '/FT /Tx /T (name) /V (Ada Lovelace) /Rect [140 695 300 712]'),
        field(
          101,
          '/FT /Btn /T (ok) /V /Yes /AS /Yes /Rect [50 648 62 660] /AP << /N << /Yes 4 0 R /Off 4 0 R >> >>',
        ),
      ]),
    });
    const { text } = await extractPdf(bytes);
    expect(text).toContain('Full name: Ada Lovelace');
    expect(text).toContain('☒ I agree');
  });

  it('leaves white text out and warns, unless a coloured box is behind it', async () => {
    const boxed = `0 0 1 rg 60 590 300 30 re f 1 1 1 rg ${showAt(72, 600, 'seen on blue.')}`;
    const page = `${showAt(72, 700, 'Plain text.')} 1 1 1 rg ${showAt(72, 660, 'secret')} ${boxed}`;
    const document = await extractPdf(buildPdf({ pages: [page] }));
    expect(document.text).toBe('Plain text.\n\nseen on blue.');
    expect(document.warnings).toEqual(['hidden_text']);
  });

  it('leaves text outside of the page out and warns', async () => {
    const page = [showAt(72, 700, 'On the page.'), showAt(72, 2000, 'far above')].join('\n');
    expect(await extractPdf(buildPdf({ pages: [page] }))).toMatchObject({
      text: 'On the page.',
      warnings: ['hidden_text'],
    });
  });

  it('reads the recognised text of a scan', async () => {
    const page = `${PICTURE} 3 Tr ${showAt(72, 700, 'Recognised words.')}`;
    expect(await extractPdf(buildPdf({ pages: [page] }))).toMatchObject({
      text: 'Recognised words.',
      warnings: [],
    });
  });

  it.each([
    ['needs_ocr', PICTURE],
    ['no_text', ''],
  ])('fails with %s when no page has text', async (code, page) => {
    await expect(extractPdf(buildPdf({ pages: [page, page] }))).rejects.toMatchObject({ code });
  });

  it('warns when one of the pages is a picture', async () => {
    const document = await extractPdf(buildPdf({ pages: [showAt(72, 700, 'Text.'), PICTURE] }));
    expect(document).toMatchObject({ text: 'Text.', pages: 2, warnings: ['pages_without_text'] });
  });

  it('takes the title from the metadata, but no file name', async () => {
    const pages = [[showAt(72, 700, 'First heading', 24), showAt(72, 650, 'A body of text.')].join('\n')];
    const titleOf = async (title: string): Promise<string | null> =>
      (await extractPdf(buildPdf({ pages, info: `/Title (${title})` }))).title;
    expect(await titleOf('Yearly report')).toBe('Yearly report');
    expect(await titleOf('report-final.docx')).toBe('First heading');
    expect(await titleOf('')).toBe('First heading');
  });

  it('takes levels of headings from the outline', async () => {
    const pages = [[showAt(72, 700, 'Plain looking title'), showAt(72, 650, 'Body text.')].join('\n')];
    const bytes = buildPdf({
      pages,
      catalog: '/Lang (pl-PL) /Outlines 100 0 R',
      objects: {
        100: '<< /First 101 0 R /Last 101 0 R /Count 1 >>',
        101: '<< /Title (Plain looking title) /Parent 100 0 R /Dest [10 0 R /Fit] >>',
      },
    });
    const document = await extractPdf(bytes);
    expect(document.statedLanguage).toBe('pl-PL');
    expect(document.blocks[0]).toMatchObject({ kind: 'heading', level: 1, page: 1 });
  });

  it('gives each block its exact place in the text', async () => {
    const line = fc.record({
      text: fc.stringMatching(/^[A-Za-z0-9,.|()-]{1,12}( [a-z.-]{1,9}){0,6}$/),
      x: fc.integer({ min: 20, max: 500 }),
      y: fc.integer({ min: 20, max: 770 }),
      size: fc.constantFrom(8, 10, 12, 18),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        async (pages) => {
          const sources = pages.map((lines) =>
            lines.map(({ x, y, text, size }) => showAt(x, y, text, size)).join('\n'),
          );
          const { text, blocks } = await extractPdf(
            buildPdf({ pages: [...sources, showAt(72, 400, 'end')] }),
          );
          let end = 0;
          for (const block of blocks) {
            expect(text.slice(end, block.start).trim()).toBe('');
            const own = text.slice(block.start, block.end);
            expect(own.trim()).toBe(own);
            expect(own).not.toBe('');
            end = block.end;
          }
          expect(end).toBe(text.length);
        },
      ),
      { numRuns: 30 },
    );
  });
});
