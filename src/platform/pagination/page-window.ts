import type { JsonRow } from './json-list.js';

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

/** Returns the rows of a page without the look-ahead row and the rows beyond MAX_PAGE_BYTES. */
export function fitPage<Row>({ take }: PageWindow<unknown>, rows: Row[]): Row[] {
  return rows.slice(0, Math.min(take - 1, countFittingRows(rows)));
}

/** JSON needs up to six bytes for a byte of a text. */
const MAX_JSON_EXPANSION = 6;

/** Returns how many rows have at most MAX_PAGE_BYTES together, at least one. */
function countFittingRows(rows: readonly unknown[]): number {
  const total = rows.reduce<number>((sum, row) => sum + sizeOf(row), 0);
  if (total * MAX_JSON_EXPANSION <= MAX_PAGE_BYTES) return rows.length;
  let bytes = 0;
  const firstBeyond = rows.findIndex((row, index) => {
    bytes += jsonSizeOf(row);
    return bytes > MAX_PAGE_BYTES && index > 0;
  });
  return firstBeyond < 0 ? rows.length : firstBeyond;
}

/** Names and small values of a row in JSON. */
const JSON_OVERHEAD = 512;

/** Returns about the size of a row in JSON, without writing the JSON. */
function jsonSizeOf(row: unknown): number {
  const { json } = row as Partial<JsonRow>;
  if (json !== undefined) return Buffer.byteLength(json);
  const escapes = Object.values(row as object).map(countEscapes);
  return sizeOf(row) + escapes.reduce((sum, bytes) => sum + bytes, JSON_OVERHEAD);
}

/** Returns how many bytes JSON adds to a text. */
function countEscapes(value: unknown): number {
  if (typeof value !== 'string') return 0;
  let bytes = 0;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code < 0x20) bytes += 5;
    else if (code === 0x22 || code === 0x5c) bytes += 1;
  }
  return bytes;
}
