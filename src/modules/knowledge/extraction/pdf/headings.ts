import type { Heading } from './outline.js';
import type { PageLine } from './page-lines.js';
import { halfPoints } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';

/** A heading is at least this much larger than the text. */
const LARGER = 1.15;
/** With an outline, only lines that are this much larger are headings beyond those of the outline. */
const MUCH_LARGER = 1.35;
const MAX_LETTERS = 150;
const MAX_LINES = 4;
const MAX_LEVEL = 6;
const NUMBERED = /^(\d{1,2}(?:\.\d{1,2})*)\.?\s+\p{L}/u;

/**
 * Finds headings by their look: short lines that are clearly larger than the text, or bold alone on their line. Larger
 * sizes have smaller levels.
 */
export function findHeadingsByLook(
  pages: readonly PageLine[][],
  { bodySize }: TextStatistics,
  hasOutline: boolean,
): Map<PageLine, Heading> {
  const limit = bodySize * (hasOutline ? MUCH_LARGER : LARGER);
  const isLarge = (line: PageLine): boolean => line.size >= limit && isShort(line);
  const isBold = (line: PageLine): boolean =>
    !hasOutline && line.bold && line.size >= 0.95 * bodySize && isShort(line) && !/[.;,]$/.test(line.text);
  const found: { line: PageLine; lines: number; size: number }[] = [];
  for (const lines of pages) {
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index];
      if (!line || !(isLarge(line) || (isBold(line) && isAlone(lines, index)))) continue;
      const count = countLines(lines, index);
      if (count > MAX_LINES) index += count - 1;
      else {
        found.push({ line, lines: count, size: isLarge(line) ? halfPoints(line.size) : 0 });
        index += count - 1;
      }
    }
  }
  return withLevels(found);
}

const isShort = ({ text, isTableRow }: PageLine): boolean =>
  !isTableRow && text.length <= MAX_LETTERS && /\p{L}{2}|\p{Lo}/u.test(text);

/** Counts the lines from `index` on that look like one heading. */
function countLines(lines: readonly PageLine[], index: number): number {
  let count = 1;
  for (; index + count < lines.length; count += 1) {
    const [previous, line] = [lines[index + count - 1], lines[index + count]];
    if (!previous || !line || !looksAlike(previous, line)) break;
    if (line.baseline - previous.baseline > 1.6 * line.size || NUMBERED.test(line.text)) break;
  }
  return count;
}

const looksAlike = (a: PageLine, b: PageLine): boolean =>
  halfPoints(a.size) === halfPoints(b.size) && a.bold === b.bold && !b.isTableRow && a.column === b.column;

/** Whether a bold line has space above, and is no part of a paragraph in bold type. */
function isAlone(lines: readonly PageLine[], index: number): boolean {
  const [previous, line, next] = [lines[index - 1], lines[index], lines[index + countLines(lines, index)]];
  if (
    !line ||
    (next && next.column === line.column && next.bold && !next.isTableRow && next.size > line.size)
  ) {
    return false;
  }
  if (!previous || previous.column !== line.column) return true;
  const above = (line.baseline - previous.baseline) / line.size;
  return above > 1.3 || previous.size > line.size * 1.1;
}

function withLevels(
  found: readonly { line: PageLine; lines: number; size: number }[],
): Map<PageLine, Heading> {
  const sizes = [...new Set(found.map(({ size }) => size))].sort((a, b) => b - a);
  return new Map(
    found.map(({ line, lines, size }) => [
      line,
      { level: Math.min(sizes.indexOf(size) + 1, MAX_LEVEL), lines },
    ]),
  );
}
