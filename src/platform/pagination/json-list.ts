/** A row that PostgreSQL has written as JSON; see `jsonObjectSql`. */
export interface JsonRow {
  json: string;
}

/** Characters from which a row is not copied. */
const PIECE_SIZE = 16 * 1024;

/** The JSON array of a page whose rows are JSON already. It is sent as it is, and large ones row by row. */
export class JsonList {
  constructor(private readonly rows: readonly JsonRow[]) {}

  get byteLength(): number {
    const separators = Math.max(this.rows.length - 1, 0);
    return this.rows.reduce((sum, { json }) => sum + Buffer.byteLength(json), separators + '[]'.length);
  }

  toString(): string {
    return `[${this.rows.map(({ json }) => json).join(',')}]`;
  }

  /** Yields the array in pieces: small rows together, and large ones without a copy. */
  *pieces(): Generator<string> {
    let piece = '[';
    for (const [index, { json }] of this.rows.entries()) {
      if (index > 0) piece += ',';
      if (json.length > PIECE_SIZE || piece.length > PIECE_SIZE) {
        yield piece;
        piece = '';
      }
      if (json.length > PIECE_SIZE) yield json;
      else piece += json;
    }
    yield `${piece}]`;
  }
}
