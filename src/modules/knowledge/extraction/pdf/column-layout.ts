import { median } from './glyph.js';
import type { Segment } from './segments.js';

/** Segments that are read together from top to bottom: a column, or a part of a page across all columns. */
export interface Region {
  left: number;
  right: number;
  segments: Segment[];
}

/** A space between columns is at least this wide, relative to the font size. */
const MIN_GUTTER = 0.9;
/** A column has at least this many lines. */
const MIN_LINES = 3;
/** Text fills its lines, cells of a table do not: width of a filled line, relative to the column. */
const FILLED_LINE = 0.6;
/** A filled line has at least this many letters. */
const FILLED_LETTERS = 12;
/** Most of the letters of a column are in filled lines. */
const FILLED_SHARE = 0.6;
/** Cells of a table share their baselines; lines of columns that were set independently share at most this part. */
const INDEPENDENT = 0.4;
/** When more lines than this part share their baselines, columns need further evidence. */
const ALIGNED = 0.8;
/** Lines that continue a sentence begin in lower case. */
const CONTINUING = 0.25;
/** In scripts without lower case, only long lines are evidence. */
const LONG_LINE = 25;
/** Columns inside columns are searched to this depth. */
const MAX_DEPTH = 4;

interface Band {
  end: number;
  left: Segment[];
  right: Segment[];
}

/**
 * Orders the segments of a page as they are read. A band of the page, as high as possible, in which an empty vertical
 * strip separates two columns of text, is read column by column; what is left is read from top to bottom.
 */
export function orderByColumns(segments: readonly Segment[], isRightToLeft: boolean, depth = 0): Region[] {
  const sorted = [...segments].sort((a, b) => a.baseline - b.baseline || a.left - b.left);
  if (depth >= MAX_DEPTH) return toRegions(sorted);
  const gutter = MIN_GUTTER * median(sorted.map(({ size }) => size));
  const regions: Region[] = [];
  let single: Segment[] = [];
  for (let index = 0; index < sorted.length;) {
    const band = findBand(sorted, index, gutter);
    const segment = sorted[index];
    if (band) {
      regions.push(...toRegions(single));
      single = [];
      const columns = isRightToLeft ? [band.right, band.left] : [band.left, band.right];
      for (const column of columns) regions.push(...orderByColumns(column, isRightToLeft, depth + 1));
      index = band.end;
    } else {
      if (segment) single.push(segment);
      index += 1;
    }
  }
  return [...regions, ...toRegions(single)];
}

function toRegions(segments: Segment[]): Region[] {
  if (segments.length === 0) return [];
  return [{ ...boundsOf(segments), segments }];
}

function boundsOf(segments: readonly Segment[]): { left: number; right: number } {
  return segments.reduce(
    ({ left, right }, segment) => ({
      left: Math.min(left, segment.left),
      right: Math.max(right, segment.right),
    }),
    { left: Infinity, right: -Infinity },
  );
}

/** Finds the highest band that begins at a segment and has an empty strip between two columns of text. */
function findBand(sorted: readonly Segment[], start: number, width: number): Band | null {
  let free: [number, number][] = [[-Infinity, Infinity]];
  let last: { end: number; gutter: [number, number] } | null = null;
  let bounds = { left: Infinity, right: -Infinity };
  for (let index = start; index < sorted.length; index += 1) {
    const segment = sorted[index];
    if (!segment) break;
    free = subtract(free, segment);
    bounds = { left: Math.min(bounds.left, segment.left), right: Math.max(bounds.right, segment.right) };
    const inner = free.filter(([from, to]) => from >= bounds.left && to <= bounds.right);
    const widest = inner
      .filter(([from, to]) => to - from >= width)
      .sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0];
    if (widest) last = { end: index + 1, gutter: widest };
    else if (last) break;
  }
  return last ? toBand(sorted.slice(start, last.end), start, last.gutter) : null;
}

function subtract(free: readonly [number, number][], { left, right }: Segment): [number, number][] {
  return free.flatMap(([from, to]): [number, number][] => {
    if (right <= from || left >= to) return [[from, to]];
    const parts: [number, number][] = [];
    if (left > from) parts.push([from, left]);
    if (right < to) parts.push([right, to]);
    return parts;
  });
}

function toBand(segments: readonly Segment[], start: number, gutter: [number, number]): Band | null {
  const left = segments.filter((segment) => segment.right <= gutter[0] + 0.01);
  const right = segments.filter((segment) => segment.left >= gutter[1] - 0.01);
  if (left.length + right.length !== segments.length) return null;
  if (countLines(left) < MIN_LINES || countLines(right) < MIN_LINES) return null;
  const shared = sharedBaselines(left, right);
  const isText = isFilled(left) && isFilled(right) && (shared < ALIGNED || (isProse(left) && isProse(right)));
  return isText || shared <= INDEPENDENT ? { end: start + segments.length, left, right } : null;
}

const countLines = (segments: readonly Segment[]): number =>
  new Set(segments.map(({ baseline }) => Math.round(baseline))).size;

/** Whether segments are lines of text, and no cells. */
function isFilled(segments: readonly Segment[]): boolean {
  const { left, right } = boundsOf(segments);
  const filled = segments.filter(
    (segment) =>
      segment.right - segment.left >= FILLED_LINE * (right - left) && segment.glyphs.length >= FILLED_LETTERS,
  );
  return filled.length >= MIN_LINES && countLetters(filled) >= FILLED_SHARE * countLetters(segments);
}

const countLetters = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { glyphs }) => sum + glyphs.length, 0);

/** Whether lines are parts of longer sentences. */
function isProse(segments: readonly Segment[]): boolean {
  const lines = segments.map(({ glyphs }) => glyphs.map(({ text }) => text).join(''));
  const hasCase = lines.some((line) => /\p{Ll}/u.test(line));
  const continuing = lines.filter((line) =>
    hasCase ? /^[^\p{L}]{0,2}\p{Ll}/u.test(line) : line.length >= LONG_LINE,
  );
  return continuing.length >= CONTINUING * lines.length;
}

/** Returns the part of the lines of the shorter column on whose baseline the other column has a line, too. */
function sharedBaselines(left: readonly Segment[], right: readonly Segment[]): number {
  const [fewer, more] = left.length < right.length ? [left, right] : [right, left];
  const baselines = new Set(more.map(({ baseline }) => Math.round(baseline)));
  const shared = fewer.filter(({ baseline }) =>
    [-1, 0, 1].some((shift) => baselines.has(Math.round(baseline) + shift)),
  );
  return shared.length / fewer.length;
}
