import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expectExactBlocks } from '@test/support/documents/chunk-rules.js';
import { extractCsv } from './extract-csv.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

async function linesOf(csv: string | Uint8Array): Promise<string[]> {
  const document = await extractCsv(typeof csv === 'string' ? utf8(csv) : csv);
  expectExactBlocks(document);
  return document.blocks.map(({ start, end }) => document.text.slice(start, end));
}

describe('extractCsv', () => {
  it('reads a table of Excel: delimiter line, windows-1252, quotes, line breaks, codes with zeros', async () => {
    expect(await linesOf(await readFile('test/fixtures/documents/csv/raeume.csv'))).toEqual([
      'Code | Raum | Preis | Notiz',
      '007 | Saal "A" | 12,50 | erste Zeile zweite Zeile',
      '1e5 | Küche | 3,00',
    ]);
  });

  it.each(['', '\n', '\n\n', '\r\n'])('does not depend on what follows the last row: %j', async (end) => {
    expect(await linesOf(`Wort;Wert\nHaus;1,5\nAuto;2,75${end}`)).toEqual([
      'Wort | Wert',
      'Haus | 1,5',
      'Auto | 2,75',
    ]);
  });

  it.each([',', ';', '\t', '|'])('finds the delimiter %j', async (delimiter) => {
    const rows = [
      ['a', 'b', 'c'],
      ['1', '2', '3'],
      ['4', '5', '6'],
    ];
    expect(await linesOf(rows.map((row) => row.join(delimiter)).join('\n'))).toEqual(
      rows.map((row) => row.join(' | ')),
    );
  });

  it('keeps columns of the same name apart', async () => {
    expect(await linesOf('a,a,a_1\n1,2,3\n')).toEqual(['a | a | a_1', '1 | 2 | 3']);
  });

  it('keeps the place of empty cells, and quotes inside cells', async () => {
    expect(await linesOf('a,b,c\n,2,\n1,,3\nHe said "hi" there,x,y')).toEqual([
      'a | b | c',
      '| 2',
      '1 | | 3',
      'He said "hi" there | x | y',
    ]);
  });

  it('reads one column', async () => {
    expect(await linesOf('name\nAnn\nBo\n')).toEqual(['name', 'Ann', 'Bo']);
  });

  it('reads lines before the header as a caption', async () => {
    const { blocks } = await extractCsv(utf8('Statement of March;;\n\nday;text;sum\n1;fee;2\n'));
    expect(blocks.map(({ kind }) => kind)).toEqual(['paragraph', 'table_row', 'table_row']);
  });

  it('warns of rows with other numbers of cells than the header, and keeps all of them', async () => {
    const document = await extractCsv(utf8('a,b\n1,2,3\n4\n5,6\n'));
    expect(document).toMatchObject({ text: 'a | b\n1 | 2 | 3\n4\n5 | 6', warnings: ['uneven_rows'] });
    expect((await extractCsv(utf8('a,b,\n1,2,\n'))).warnings).toEqual([]);
  });

  it('reads every cell of any table', async () => {
    const cell = fc.stringMatching(/^[a-z0-9"]{1,6}([ ,;\n][a-z"]{1,4})?$/);
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 8 }),
      );
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom(',', ';', '\t'), async (rows, delimiter) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = `sep=${delimiter}\n${rows.map((row) => row.map(quote).join(delimiter)).join('\r\n')}\r\n`;
        expect(await linesOf(csv)).toEqual(
          rows.map((row) => row.map((text) => text.replaceAll('\n', ' ')).join(' | ')),
        );
      }),
      { numRuns: 150 },
    );
  });
});
