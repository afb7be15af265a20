import type { PageWindow } from '../pagination/page.js';
import type { Statement } from './unit-of-work.js';

/**
 * A list in two statements, so that each can walk its index: `key < $n OR $n IS NULL` in one would make PostgreSQL
 * read and throw away what comes before the page once it plans without looking at the values.
 */
export interface Keyset {
  first: Statement;
  next: Statement;
}

/** `text` places the condition that begins the next page; the position's values follow all others. */
export function defineKeyset(name: string, condition: string, text: (after: string) => string): Keyset {
  return { first: { name, text: text('') }, next: { name: `${name}.next`, text: text(`AND ${condition}`) } };
}

/** The statement for this page, and its values: those given, how many rows, and where the page begins. */
export function keysetQuery<Position>(
  { first, next }: Keyset,
  values: unknown[],
  { after, take }: PageWindow<Position>,
  toValues: (position: Position) => unknown[] = (position) => [position],
): [Statement, unknown[]] {
  return after === null ? [first, [...values, take]] : [next, [...values, take, ...toValues(after)]];
}
