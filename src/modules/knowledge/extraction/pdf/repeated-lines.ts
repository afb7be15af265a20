import type { PageLine } from './page-lines.js';
import { measureText } from './text-statistics.js';

/** Headers and footers are in these parts of the page, relative to its height. */
const TOP_MARGIN = 0.14;
const BOTTOM_MARGIN = 0.2;
/** At most this many lines at the top and at the bottom of a page are compared. */
const LINES_PER_MARGIN = 4;
/** Headers are not larger than this, relative to the size of the text. */
const LARGER = 1.15;
const MIN_PAGES = 3;
/** A line is repeated when it is on this part of the pages between its first and its last. */
const MIN_SHARE = 0.4;

/**
 * Drops page numbers, headers and footers: lines at the same height of several pages whose text is the same, or differs only in
 * numbers.
 */
export function dropRepeatedLines(all: readonly PageLine[][], heights: readonly number[]): PageLine[][] {
  const pages = all.map((lines, index) => dropPageNumber(lines, heights[index] ?? 0));
  if (pages.length < MIN_PAGES) return pages;
  const { bodySize } = measureText(pages);
  const found = new Map<string, number[]>();
  const keys = pages.map((lines, index) => marginKeys(lines, heights[index] ?? 0, bodySize));
  keys.forEach((page, index) => {
    for (const key of new Set(page.values())) {
      const list = found.get(key);
      if (list) list.push(index);
      else found.set(key, [index]);
    }
  });
  return pages.map((lines, index) =>
    lines.filter((line) => {
      const key = keys[index]?.get(line);
      return key === undefined || !isRepeated(nearbyPages(key, found));
    }),
  );
}

/** Drops a lowest line that is only the number of its page; short documents have no repetition that shows it. */
function dropPageNumber(lines: readonly PageLine[], height: number): PageLine[] {
  const lowest = lines.reduce<PageLine | null>(
    (low, line) => (low && low.baseline > line.baseline ? low : line),
    null,
  );
  const isNumber =
    lowest !== null &&
    lines.length > 1 &&
    height - lowest.baseline <= BOTTOM_MARGIN * height &&
    new RegExp(`^[-– ]*${lowest.page}[-– ]*$`).test(lowest.text);
  return lines.filter((line) => !isNumber || line !== lowest);
}

function isRepeated(pages: readonly number[]): boolean {
  const [first = 0] = pages;
  const last = pages.at(-1) ?? 0;
  return pages.length >= MIN_PAGES && pages.length >= MIN_SHARE * (last - first + 1);
}

/** Heights are rounded; a line near the border of two steps is on either side of it. */
function nearbyPages(key: string, found: ReadonlyMap<string, number[]>): number[] {
  const [edge = '', step = '', ...text] = key.split(' ');
  const keys = [-1, 0, 1].map((shift) => [edge, Number(step) + shift, ...text].join(' '));
  return [...new Set(keys.flatMap((nearby) => found.get(nearby) ?? []))].sort((a, b) => a - b);
}

/** Returns the lines in the margins of a page with a key of their place and their text without numbers. */
function marginKeys(lines: readonly PageLine[], height: number, bodySize: number): Map<PageLine, string> {
  const sorted = [...lines].sort((a, b) => a.baseline - b.baseline);
  const keys = new Map<PageLine, string>();
  for (const line of sorted.slice(0, LINES_PER_MARGIN)) {
    if (line.baseline <= TOP_MARGIN * height)
      keys.set(line, `top ${step(line.baseline)} ${pattern(line, bodySize)}`);
  }
  for (const line of sorted.slice(-LINES_PER_MARGIN)) {
    const distance = height - line.baseline;
    if (distance <= BOTTOM_MARGIN * height)
      keys.set(line, `bottom ${step(distance)} ${pattern(line, bodySize)}`);
  }
  return keys;
}

const step = (distance: number): number => Math.round(distance / 3);

/**
 * Returns the text with a sign for each number. Numbered headings, which are larger than headers, at the top of each
 * page keep their numbers.
 */
function pattern({ text, size }: PageLine, bodySize: number): string {
  if (size > LARGER * bodySize && /\p{L}/u.test(text)) return text;
  const withoutNumbers = text.replace(/\p{N}+/gu, '#').trim();
  return /^[-–(]?\s*[ivxlcdm]+\s*[-–)]?$/i.test(withoutNumbers) ? '#' : withoutNumbers;
}
