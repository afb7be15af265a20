import { normalizeWhiteSpace } from './text-builder.js';

/** Joins the cells of a row into one line; empty cells keep their place, except at the end. */
export function joinCells(cells: readonly string[]): string {
  const texts = cells.map((cell) => normalizeWhiteSpace(cell).replaceAll('\n', ' '));
  const last = texts.findLastIndex((text) => text !== '');
  return texts.slice(0, last + 1).join(' | ');
}
