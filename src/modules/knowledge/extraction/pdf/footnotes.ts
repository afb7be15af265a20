import type { PageLine } from './page-lines.js';
import type { TextStatistics } from './text-statistics.js';

const NOTE_MARK = /^(?:(?:\d{1,3}|[*†‡§¶]{1,3})[.)]?|[a-z][.)])\s*\p{L}/u;
const SMALLER = 0.93;

/**
 * Finds the footnotes of a page: the last lines of a column, if they are smaller than the text and the first one begins
 * with a mark. Returns each line with the information whether a note begins on it.
 */
export function findFootnotes(
  lines: readonly PageLine[],
  { bodySize }: TextStatistics,
): Map<PageLine, boolean> {
  const notes = new Map<PageLine, boolean>();
  for (const column of new Set(lines.map((line) => line.column))) {
    const own = lines.filter((line) => line.column === column);
    for (const line of findInColumn(own, bodySize)) notes.set(line, NOTE_MARK.test(line.text));
  }
  return notes;
}

function findInColumn(lines: readonly PageLine[], bodySize: number): PageLine[] {
  let start = lines.length;
  while (start > 0 && isSmall(lines[start - 1], bodySize)) start -= 1;
  const small = lines.slice(start);
  const first = small.findIndex((line) => NOTE_MARK.test(line.text));
  return first < 0 || start === 0 ? [] : small.slice(first);
}

const isSmall = (line: PageLine | undefined, bodySize: number): boolean =>
  line !== undefined && line.size <= SMALLER * bodySize && !line.isTableRow;
