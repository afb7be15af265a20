/** A row that PostgreSQL has written as JSON; see `jsonObjectSql`. */
export interface JsonRow {
  json: string;
}

/** A page of a list. `rows` are JSON, or the JSON of several rows with commas between them. */
export interface JsonPage<Position> {
  rows: string[];
  /** The position of the last row when more rows follow. */
  next: Position | null;
}

/** Characters from which a row is not copied. */
const PIECE_SIZE = 16 * 1024;

/** The JSON array of a page whose rows are JSON already. It is sent as it is, and large ones row by row. */
export class JsonList {
  constructor(private readonly rows: readonly string[]) {}

  get byteLength(): number {
    const separators = Math.max(this.rows.length - 1, 0);
    return this.rows.reduce((sum, row) => sum + Buffer.byteLength(row), separators + '[]'.length);
  }

  toString(): string {
    return `[${this.rows.join(',')}]`;
  }

  /** Yields the array in pieces: small rows together, and large ones without a copy. */
  *pieces(): Generator<string> {
    let piece = '[';
    for (const [index, row] of this.rows.entries()) {
      if (index > 0) piece += ',';
      if (row.length > PIECE_SIZE || piece.length > PIECE_SIZE) {
        yield piece;
        piece = '';
      }
      if (row.length > PIECE_SIZE) yield row;
      else piece += row;
    }
    yield `${piece}]`;
  }
}
