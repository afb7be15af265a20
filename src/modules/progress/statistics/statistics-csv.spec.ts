import fc from 'fast-check';
import Papa from 'papaparse';
import { type CsvRow, toCsv } from './statistics-csv.js';

const linesOf = (csv: string): string[] => csv.split('\r\n');

describe('CSV', () => {
  it('has a header, and empty cells for null and for what a row does not have', () => {
    const rows: CsvRow[] = [
      { a: 1, b: null },
      { a: 'x', c: true },
    ];
    expect(linesOf(toCsv(['a', 'b', 'c'], rows))).toEqual(['a,b,c', '1,,', 'x,,true']);
    expect(linesOf(toCsv(['a', 'b'], [])).filter(Boolean)).toEqual(['a,b']);
  });

  it('does not change numbers', () => {
    expect(linesOf(toCsv(['a', 'b'], [{ a: -5, b: 0.5 }]))[1]).toBe('-5,0.5');
  });

  it('has no text that a spreadsheet takes for a formula, and every text can be read back', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ a: text, b: text }), { minLength: 1 }), (rows: CsvRow[]) => {
        const parsed = Papa.parse<{ a: string; b: string }>(toCsv(['a', 'b'], rows), {
          header: true,
          newline: '\r\n',
        });
        const expected = rows.map(({ a, b }) => ({ a: escape(a as string), b: escape(b as string) }));
        expect(parsed.data).toEqual(expected);
      }),
    );
  });
});

function escape(text: string): string {
  return '=+-@\t\r'.includes(text[0] ?? ' ') ? `'${text}` : text;
}
