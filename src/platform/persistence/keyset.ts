import type { PageWindow } from '../pagination/page-window.js';
import type { Statement } from './unit-of-work.js';

/**
 * The two statements of a paginated list. With a single one (`key < $n OR $n IS NULL`), a generic plan of PostgreSQL would read
 * and discard all rows before the page instead of seeking in the index.
 */
export interface Keyset {
  first: Statement;
  next: Statement;
}

/** Defines a keyset. `text` inserts the condition of the next page; its parameters follow all others. */
export function defineKeyset(name: string, condition: string, text: (after: string) => string): Keyset {
  return { first: { name, text: text('') }, next: { name: `${name}.next`, text: text(`AND ${condition}`) } };
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
