/** The position after which a page begins, and the number of rows to read: one more than shown, to detect the last page. */
export interface PageWindow<Position> {
  after: Position | null;
  take: number;
}

/** A position in a list that is ordered by time, then by id. */
export interface TimeCursor {
  at: Date;
  id: string;
}

/** A page ends before this number of bytes, with one row at least. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Pages with more bytes are read one after the other. */
export const SMALL_PAGE_BYTES = 128 * 1024;

/** A row of a list whose rows can be large: `page_bytes` is about its size. */
export interface SizedRow {
  page_bytes: number;
  /** Bytes of all rows of the page; only of a page that is not cut. */
  page_total?: number;
}

/**
 * Returns whether a page of sized rows was cut at `maxBytes`: the statement returns one row after the row with which the
 * page exceeds this number.
 */
function isCutAt(maxBytes: number, rows: readonly object[]): boolean {
  return rows.slice(0, -1).reduce((sum, row) => sum + sizeOf(row), 0) >= maxBytes;
}

/** Returns whether a list can have rows after these rows of a part. */
export function hasMoreRows({ take }: PageWindow<unknown>, rows: readonly object[]): boolean {
  return rows.length >= take || isCutAt(SMALL_PAGE_BYTES, rows);
}

/** Returns the size of a row, or 0 for a row of a list whose rows are small. */
export function sizeOf(row: unknown): number {
  return (row as Partial<SizedRow>).page_bytes ?? 0;
}
