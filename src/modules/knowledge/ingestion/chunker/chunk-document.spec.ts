import fc from 'fast-check';
import type {
  BlockKind,
  ExtractedDocument,
  TextBlock,
} from '@/modules/knowledge/extraction/extracted-document.js';
import { expectExactChunks } from '@test/support/documents/chunk-rules.js';
import { chunkDocument } from './index.js';

type Part = Partial<TextBlock> & { kind: BlockKind; content: string; gap?: string };

function documentOf(parts: Part[], title: string | null = null): ExtractedDocument {
  let text = '';
  const blocks: TextBlock[] = [];
  for (const { content, gap = '\n\n', ...block } of parts) {
    if (content.trim() === '') continue;
    if (blocks.length > 0) text += gap;
    const start = text.length;
    text += content.trim();
    blocks.push({ ...block, start, end: text.length });
  }
  return { text, blocks, title, statedLanguage: null, pages: null, warnings: [] };
}

const heading = (level: number, content: string): Part => ({ kind: 'heading', level, content });
const paragraph = (content: string, more: Partial<Part> = {}): Part => ({
  kind: 'paragraph',
  content,
  ...more,
});
const sentences = (count: number) =>
  Array.from({ length: count }, (_, n) => `Sentence ${n + 1} is about the fees.`).join(' ');

function contents(document: ExtractedDocument): string[] {
  const chunks = chunkDocument(document);
  expectExactChunks(document, chunks);
  return chunks.map(({ start, end }) => document.text.slice(start, end));
}

describe('chunkDocument', () => {
  it('merges paragraphs of a section, and never those of two sections', () => {
    const document = documentOf([
      ...[heading(1, 'Fees'), paragraph(sentences(5)), paragraph(sentences(6))],
      ...[heading(1, 'Hours'), paragraph('Nine to five.')],
    ]);
    const chunks = chunkDocument(document);
    expect(contents(document)).toHaveLength(2);
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([['Fees'], ['Hours']]);
  });

  it('puts headings without a text of their own before the section below', () => {
    const document = documentOf(
      [
        heading(1, 'Guide'),
        heading(2, 'Fees'),
        paragraph('Ten euros.'),
        heading(2, 'Hours'),
        paragraph('Nine.'),
      ],
      'Handbook',
    );
    const chunks = chunkDocument(document);
    expect(contents(document)).toEqual(['Guide\n\nFees\n\nTen euros.', 'Hours\n\nNine.']);
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([
      ['Guide', 'Fees'],
      ['Guide', 'Hours'],
    ]);
    expect(chunks[1]?.context).toBe('Handbook › Guide › Hours');
  });

  it('does not repeat a title that is also the first heading', () => {
    const [chunk] = chunkDocument(documentOf([heading(1, 'Guide'), paragraph('Text.')], 'Guide'));
    expect(chunk?.context).toBe('Guide');
  });

  it('follows levels that are left out or go up', () => {
    const document = documentOf([
      ...[heading(3, 'a'), paragraph('1'), heading(1, 'b'), paragraph('2'), heading(4, 'c'), paragraph('3')],
      ...[heading(2, 'd'), paragraph('4')],
    ]);
    expect(chunkDocument(document).map(({ headingPath }) => headingPath.join('/'))).toEqual([
      'a',
      'b',
      'b/c',
      'b/d',
    ]);
  });

  it('cuts a long paragraph at the ends of sentences', () => {
    for (const content of contents(documentOf([paragraph(sentences(200))]))) {
      expect(content).toMatch(/^Sentence \d+ is .*about the fees\.$/);
      expect(content.length).toBeGreaterThan(900);
      expect(content.length).toBeLessThanOrEqual(2_000);
    }
  });

  it('does not take the full stop of a title or an abbreviation for the end of a sentence', () => {
    const text = 'We met Dr. Smith, Prof. Jones and Mrs. Brown of the U.S. office, e.g. on Fridays. '.repeat(
      60,
    );
    for (const content of contents(documentOf([paragraph(text)])))
      expect(content).toMatch(/^We met .*Fridays\.$/);
  });

  it('cuts texts without blanks at their full stops', () => {
    const parts = contents(documentOf([paragraph('図書館は午前九時に開きます。'.repeat(300))]));
    for (const content of parts) expect(content).toMatch(/^図.*。$/);
    expect(contents(documentOf([paragraph('ภาษาไทยไม่มีช่องว่าง'.repeat(300))])).length).toBeGreaterThan(2);
  });

  it('never cuts inside a character as a reader sees it', () => {
    contents(documentOf([paragraph('👩‍👩‍👧‍👦'.repeat(900))]));
    contents(documentOf([paragraph('🇩🇪🇫🇷'.repeat(900))]));
    contents(documentOf([paragraph('a\u0301'.repeat(3_000))]));
    contents(documentOf([paragraph('क्षि'.repeat(2_000))]));
  });

  it('keeps code together up to the bound, and cuts longer code between lines', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, n) => `  const value${n} = read(${n});`).join('\n');
    const document = documentOf([
      paragraph('Before.'),
      { kind: 'code', content: lines(50) },
      paragraph('After.'),
    ]);
    expect(contents(document).filter((content) => content.includes(lines(50).trim()))).toHaveLength(1);
    for (const part of contents(documentOf([{ kind: 'code', content: lines(200) }]))) {
      expect(part).toMatch(/^const value[^]*\);$/);
    }
  });

  it('keeps rows whole, and names the header of a table that goes on', () => {
    const rows = Array.from({ length: 80 }, (_, n): Part => ({
      kind: 'table_row',
      content: `room ${n} | ${n * 10} seats`,
      gap: '\n',
    }));
    const document = documentOf([
      heading(1, 'Rooms'),
      { kind: 'table_row', content: 'Room | Seats' },
      ...rows,
    ]);
    const [first, second] = chunkDocument(document);
    expect(first?.context).toBe('Rooms');
    expect(second?.context).toBe('Rooms\nRoom | Seats');
    for (const content of contents(document)) expect(content).toMatch(/seats$/);
  });

  it('does not put the header of one table over the next one', () => {
    const table = (name: string): Part[] => [
      { kind: 'table_row', content: `${name} | value` },
      ...Array.from({ length: 40 }, (_, n): Part => ({
        kind: 'table_row',
        content: `${name}${n} | ${'x'.repeat(30)}`,
        gap: '\n',
      })),
    ];
    const document = documentOf([...table('A'), ...table('B')]);
    const last = chunkDocument(document).at(-1);
    expect(last?.context).toBe('B | value');
  });

  it('has the page that a chunk begins on', () => {
    const document = documentOf([
      paragraph(sentences(30), { page: 1 }),
      paragraph(sentences(30), { page: 2 }),
    ]);
    expect(chunkDocument(document).map(({ page }) => page)).toEqual([1, 2]);
  });

  it('has the smallest sufficient surroundings as parent', () => {
    const section = (name: string) => [heading(2, name), paragraph(sentences(90))];
    const document = documentOf([
      heading(1, 'Top'),
      ...section('One'),
      ...section('Two'),
      ...section('Three'),
    ]);
    const chunks = chunkDocument(document);
    expectExactChunks(document, chunks);
    const parents = new Set(
      chunks.map(({ parentStart }) => document.text.slice(parentStart, parentStart + 5)),
    );
    expect([...parents]).toEqual(['Top\n\n', 'Two\n\n', 'Three']);
  });

  it('refuses a document of too many parts', () => {
    const document = documentOf(
      Array.from({ length: 20_001 }, (_, n) => [heading(1, `h${n}`), paragraph('x')]).flat(),
    );
    expect(() => chunkDocument(document)).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  it('has no chunk for a document without blocks', () => {
    expect(chunkDocument(documentOf([]))).toEqual([]);
  });

  const word = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'fee',
        'Dr.',
        'Hours.',
        'what?',
        '東京。',
        'ไทย',
        'e\u0301',
        '\t',
        '\r\n',
        '\n',
      ),
    },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }).map((length) => 'x'.repeat(length)) },
  );
  const content = fc.oneof(
    fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' ')),
    fc
      .tuple(word, fc.integer({ min: 1, max: 600 }))
      .map(([text, times]) => `${text} `.repeat(times).slice(0, 5_000)),
  );
  const part = fc.record({
    kind: fc.constantFrom<BlockKind>('heading', 'paragraph', 'list_item', 'table_row', 'code', 'footnote'),
    level: fc.integer({ min: 1, max: 6 }),
    content: content.map((text) => text.toWellFormed()),
    gap: fc.constantFrom('\n', '\n\n', '\n   \n', `\n${' '.repeat(3_000)}\n`),
  });

  it('puts every visible character into exactly one chunk', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const document = documentOf(parts);
        expectExactChunks(document, chunkDocument(document));
      }),
      { numRuns: 100 },
    );
  });
});
