import Papa from 'papaparse';
import { decodeText } from './decode-text.js';
import type { DocumentExtractor, DocumentWarning } from './extracted-document.js';
import { joinCells } from './table-row.js';
import { TextBuilder } from './text-builder.js';
import { requireReadableText, textDocument } from './verbatim-text.js';

const DELIMITERS = [',', ';', '\t', '|'];

/** Occurs in no file, so that each line is one cell. */
const NO_DELIMITER = '\u001f';

/** Excel writes and reads the delimiter in a line before the header. */
const EXCEL_DELIMITER = /^"?sep=(.)"?[ \t]*(?:\r\n|\r|\n)/i;

const SAMPLE_ROWS = 100;
const SAMPLE_UNITS = 256 * 1024;

/** Without `skipEmptyLines` the line break at the end of a file changes the result. */
function guessDelimiter(table: string): string {
  const { meta, errors } = Papa.parse<string[]>(table.slice(0, SAMPLE_UNITS).trim(), {
    preview: SAMPLE_ROWS,
    skipEmptyLines: 'greedy',
    delimitersToGuess: DELIMITERS,
  });
  return errors.some(({ code }) => code === 'UndetectableDelimiter') ? NO_DELIMITER : meta.delimiter;
}

function widthOf(row: readonly string[]): number {
  return row.findLastIndex((cell) => cell.trim() !== '') + 1;
}

/** Writes the rows of a table. Lines with one cell before the header are its caption. */
class RowWriter {
  readonly builder = new TextBuilder();
  hasUnevenRows = false;
  private columns: number | null = null;

  constructor(private readonly isOneColumn: boolean) {}

  write(row: readonly string[]): void {
    const width = widthOf(row);
    if (width === 0) return;
    if (this.columns === null && width === 1 && !this.isOneColumn) {
      this.builder.append('paragraph', joinCells(row));
      return;
    }
    this.columns ??= row.length;
    if (width > this.columns || row.length < this.columns) this.hasUnevenRows = true;
    this.builder.append('table_row', joinCells(row));
  }
}

/** Reads a table of values separated by commas, semicolons, tabs or bars. Each row is a block; values stay as written. */
export const extractCsv: DocumentExtractor = (bytes) => {
  const { text: decoded, warnings } = decodeText(bytes);
  requireReadableText(decoded);
  const stated = EXCEL_DELIMITER.exec(decoded);
  const table = decoded.slice(stated?.[0].length ?? 0);
  const delimiter = stated?.[1] ?? guessDelimiter(table);
  const writer = new RowWriter(delimiter === NO_DELIMITER);
  Papa.parse<string[]>(table, {
    delimiter,
    skipEmptyLines: 'greedy',
    step: ({ data }) => writer.write(data),
  });
  const uneven: DocumentWarning[] = writer.hasUnevenRows ? ['uneven_rows'] : [];
  const { text, blocks } = writer.builder.build();
  return Promise.resolve(textDocument(text, blocks, { warnings: [...warnings, ...uneven] }));
};
