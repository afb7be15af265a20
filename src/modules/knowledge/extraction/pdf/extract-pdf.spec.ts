import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtractedDocument } from '../extracted-document.js';
import { extractPdf } from './extract-pdf.js';

const FIXTURES = join(process.cwd(), 'test/fixtures/documents/pdf');

const read = (name: string): Promise<ExtractedDocument> =>
  extractPdf(new Uint8Array(readFileSync(join(FIXTURES, `${name}.pdf`))));

const blocksOf = ({ text, blocks }: ExtractedDocument): string[] =>
  blocks.map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

describe('Extraction of PDF files', () => {
  it('reads Arabic that Chromium wrote as presentation forms from left to right', async () => {
    const document = await read('arabic-chromium');
    expect(document.text).toContain('السلام عليكم');
    expect(document.text).toContain('(שלום) رقم 25 في Berlin عام 2026.');
    expect(document.statedLanguage).toBe('ar');
    expect(document.warnings).toEqual([]);
  });

  it('reads Arabic that wkhtmltopdf wrote as presentation forms in the order of reading', async () => {
    expect((await read('arabic-wkhtmltopdf')).text).toContain('السلام عليكم');
  });

  it('warns of a Hebrew text whose letters Ghostscript damaged', async () => {
    expect((await read('hebrew-ghostscript')).warnings).toEqual(['mixed_scripts']);
  });

  it('joins letter-spaced titles, removes soft hyphens and separates the marks of footnotes', async () => {
    const document = await read('letter-spacing');
    const blocks = blocksOf(document);
    expect(document.title).toBe('Spaced out title');
    expect(blocks).toContain('heading: Spaced out title');
    expect(blocks).toContain('paragraph: softhyphenated office affluent');
    expect(blocks).toContain('paragraph: Note the mark 12 and H2O.');
    expect(blocks).toContain('list_item: 3. third item');
  });

  it('drops the headers and footers that Chromium prints', async () => {
    const document = await read('repeated-header');
    expect(blocksOf(document)).toEqual([
      'heading: Findings',
      'paragraph: First page tells about apples.',
      'paragraph: Second page tells about pears.',
      'paragraph: Third page tells about plums.',
    ]);
    expect(document.blocks.map(({ page }) => page)).toEqual([1, 1, 2, 3]);
    expect(document).toMatchObject({ title: 'Annual report', pages: 3, statedLanguage: 'en' });
  });

  it('separates the cells of a table', async () => {
    expect(blocksOf(await read('table')).slice(1, 4)).toEqual([
      'table_row: Level | Words | Remark',
      'table_row: A1 | 500 | first steps',
      'table_row: B2 | 4000 | independent',
    ]);
  });

  it('reads a paper of LaTeX: accents, columns, divided words, footnotes', async () => {
    const blocks = blocksOf(await read('paper'));
    expect(blocks).toContain('footnote: 1 A composer of the nineteenth century.');
    expect(blocks[4]).toMatch(
      /^paragraph: A naïve café in Köln serves crème fraîche, España and Dvořák 1 It costs 50 %\. /,
    );
    expect(blocks[4]).toMatch(/The state-of-the-art approach needs no further explanation in this place/);
    expect(blocks.indexOf('heading: 2 Results')).toBeGreaterThan(4);
  });

  it('leaves out text that a line is drawn through, as LibreOffice prints deleted text', async () => {
    expect(await read('contract')).toMatchObject({
      text: 'The fee is 250 EUR a year.',
      warnings: ['hidden_text'],
    });
  });

  it('fails with encrypted when a password is needed', async () => {
    await expect(read('encrypted')).rejects.toMatchObject({ code: 'encrypted' });
  });

  it('refuses bytes that are no PDF file', async () => {
    await expect(extractPdf(new TextEncoder().encode('%PDF-1.7 nothing'))).rejects.toMatchObject({
      code: 'unreadable',
    });
  });
});
