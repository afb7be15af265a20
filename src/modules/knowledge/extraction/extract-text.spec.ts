import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expectExactBlocks } from '@test/support/documents/chunk-rules.js';
import { extractText } from './extract-text.js';

const FIXTURE = 'test/fixtures/documents/txt/house-rules.txt';
const utf8 = (text: string) => new TextEncoder().encode(text);

async function blocksOf(text: string): Promise<string[]> {
  const document = await extractText(utf8(text));
  expectExactBlocks(document);
  return document.blocks.map(
    ({ kind, level, start, end }) => `${kind}${level ?? ''}: ${document.text.slice(start, end)}`,
  );
}

describe('extractText', () => {
  it('finds headings, paragraphs and list items', async () => {
    expect(await blocksOf(await readFile(FIXTURE, 'utf8'))).toEqual([
      'heading1: HOUSE RULES OF THE READING ROOM',
      'heading1: 1. Opening hours',
      'paragraph: The reading room opens at nine and closes at half past six.\nOn public holidays it stays closed.',
      'heading1: 2. Loans',
      'heading2: 2.1 Books',
      'paragraph: A book can be borrowed for four weeks. Dr. Okafor, who leads the\nlibrary, may extend a loan twice.',
      'paragraph: Please bring:',
      'list_item: - your library card',
      'list_item: - a bag, since\n  we have none',
      'list_item: - patience',
      'heading1: FEES AND FINES',
      'paragraph: A late book costs 20 cents a day – never more than ten euros.',
    ]);
  });

  it('has the length of the file, so that offsets lead into it', async () => {
    const file = await readFile(FIXTURE, 'utf8');
    const { text } = await extractText(utf8(file));
    expect(text).toHaveLength(file.length);
    expect(text.indexOf('20 cents')).toBe(file.indexOf('20 cents'));
  });

  it('does not take a numbered list for headings', async () => {
    expect(await blocksOf('1. Milk\n\n2. Eggs\n\n3. Bread')).toEqual([
      'list_item: 1. Milk',
      'list_item: 2. Eggs',
      'list_item: 3. Bread',
    ]);
  });

  it('takes each line for a paragraph where lines are long', async () => {
    const line = 'A long line about the opening hours of the library. '.repeat(6).trim();
    expect(await blocksOf(`${line}\n${line}`)).toEqual([`paragraph: ${line}`, `paragraph: ${line}`]);
  });

  it.each(['', ' \r\n\t', '---\n***', '\ufeff'])('refuses %j, which has no text', async (text) => {
    await expect(async () => extractText(utf8(text))).rejects.toMatchObject({ code: 'no_text' });
  });

  it('keeps the exact place of every block of any text', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        '- item',
        '1. One',
        'TITLE HERE',
        '=====',
        '---',
        'Plain text.',
        '\t* x ',
        '   ',
        'Chapter 2',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r', '\n\n'));
    await fc.assert(
      fc.asyncProperty(text, async ([lines, lineBreak]) => {
        expectExactBlocks(await extractText(utf8(['x1', ...lines].join(lineBreak))));
      }),
      { numRuns: 300 },
    );
  });
});
