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

/** The statements of a list whose rows can be large. `small` finds out cheaply whether a page is large. */
export interface SizedKeyset {
  small: Keyset;
  large: Keyset;
}

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
  const define = (size: string, maxBytes: number): Keyset =>
    defineKeyset(`${name}${size}`, condition, (after) => limitPageBytes(text(after), bytes, maxBytes));
  return { small: define('', SMALL_PAGE_BYTES), large: define('.large', MAX_PAGE_BYTES) };
}

/**
 * Limits the bytes of a page: rows follow until they exceed `maxBytes`, and one more row, which shows that the list
 * continues. The size of a text is known without reading it, so the other rows are not read. The window function keeps the
 * order of the subquery.
 */
export function limitPageBytes(text: string, bytes: string, maxBytes: number): string {
  return `SELECT * FROM (
      SELECT p.*, ${bytes} AS page_bytes,
             sum(${bytes}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS bytes_before
      FROM (${text}) p
    ) sized WHERE bytes_before IS NULL OR bytes_before < ${maxBytes}`;
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
