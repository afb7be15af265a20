import { MAX_PAGE_BYTES, type PageWindow, SMALL_PAGE_BYTES } from '../pagination/page-window.js';
import type { Statement } from './unit-of-work.js';

/**
 * The two statements of a paginated list. With a single one (`key < $n OR $n IS NULL`), a generic plan of PostgreSQL would read
 * and discard all rows before the page instead of seeking in the index.
 */
export interface Keyset {
  first: Statement;
  next: Statement;
}

/** The statements of a list whose rows can be large. */
export type SizedKeyset = Record<PageSize, Keyset>;

/** `small`: a page of SMALL_PAGE_BYTES, or only its first row when it is larger. `large`, `part`: see `limitPageBytes`. */
export type PageSize = 'small' | 'large' | 'part';

const MAX_BYTES: Record<PageSize, number> = {
  small: SMALL_PAGE_BYTES,
  large: MAX_PAGE_BYTES,
  part: SMALL_PAGE_BYTES,
};

/** Defines a keyset. `text` inserts the condition of the next page; its parameters follow all others. */
export function defineKeyset(name: string, condition: string, text: (after: string) => string): Keyset {
  return { first: { name, text: text('') }, next: { name: `${name}.next`, text: text(`AND ${condition}`) } };
}

/** Defines the keysets of a list of large rows. `bytes` is the SQL of the size of a row `p` that `text` returns. */
export function defineSizedKeyset(
  name: string,
  condition: string,
  { bytes, text }: { bytes: string; text: (after: string) => string },
): SizedKeyset {
  return buildSizes((size) =>
    defineKeyset(`${name}.${size}`, condition, (after) => limitPageBytes(text(after), bytes, size)),
  );
}

/** Builds what a list needs for each size of a page. */
export function buildSizes<Built>(build: (size: PageSize) => Built): Record<PageSize, Built> {
  return { small: build('small'), large: build('large'), part: build('part') };
}

/**
 * Limits the bytes of a page: rows follow until they exceed the limit, and one more row, which shows that the list continues.
 * A small page is whole or has one row. The size of a text is known without reading it, so the other rows are not read. The
 * window functions keep the order of the subquery. `columns` are computed for the rows of the page only.
 */
export function limitPageBytes(text: string, bytes: string, size: PageSize, columns = '*'): string {
  const [total, isRead] =
    size === 'small'
      ? [
          `(sum(${bytes}) OVER ())::int AS page_total, row_number() OVER () AS number`,
          `page_total <= ${MAX_BYTES[size]} OR number = 1`,
        ]
      : [
          `sum(${bytes}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS bytes_before`,
          `bytes_before IS NULL OR bytes_before < ${MAX_BYTES[size]}`,
        ];
  return `SELECT ${columns} FROM (SELECT p.*, ${bytes} AS page_bytes, ${total} FROM (${text}) p) sized WHERE ${isRead}`;
}

interface JsonColumns {
  position: string;
  json: string;
  limit: string;
}

/**
 * Returns the columns of pages for `RepositoryBase.jsonPage`. A small page is one row with the JSON of all its rows, because the
 * driver needs most of its time for single rows.
 */
export function jsonPageColumns({ position, json, limit }: JsonColumns): { small: string; large: string } {
  return {
    small: `string_agg(${json}, ',') FILTER (WHERE number < ${limit}::bigint) AS json, count(*)::int AS count,
      coalesce(max(page_total), 0) AS page_total,
      (array_agg(${position}) FILTER (WHERE number = ${limit}::bigint - 1))[1] AS position`,
    large: `${json} AS json, page_bytes, ${position} AS position`,
  };
}

/** Returns the statement of a page and its parameters: `values`, the number of rows, and the position. */
export function keysetQuery<Position>(
  { first, next }: Keyset,
  values: unknown[],
  { after, take }: PageWindow<Position>,
  toValues: (position: Position) => unknown[] = (position) => [position],
): [Statement, unknown[]] {
  return after === null ? [first, [...values, take]] : [next, [...values, take, ...toValues(after)]];
}
