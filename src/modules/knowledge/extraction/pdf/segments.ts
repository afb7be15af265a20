import { dropCoincidentGlyphs } from './coincident-glyphs.js';
import { extentOf, isBlank, median } from './glyph.js';
import type { Glyph } from './glyph.js';
import { hasLetterGap, letterGap } from './word-gaps.js';

/** Glyphs on one baseline without a wide gap: a line of a column or the text of a cell. Sorted from left to right. */
export interface Segment {
  glyphs: Glyph[];
  left: number;
  right: number;
  baseline: number;
  size: number;
  /** Gap of letters that are spaced out, relative to the font size; 0 of all other text. */
  letterGap: number;
}

interface Row {
  baseline: number;
  size: number;
  glyphs: Glyph[];
}

/** Baselines that differ less belong to one line; relative to the font size. */
const SAME_BASELINE = 0.15;
const EQUAL_BASELINE = 0.02;
/** A wider gap separates columns or cells; a narrower one separates words; relative to the font size. */
const SEGMENT_GAP = 0.9;
/** The same after the sign of a list item. */
const LIST_MARK_GAP = 3;
const LIST_MARK = /^(?:[•◦▪▫‣·●○■□➢❖✓☐☑☒\uf0b7\uf0a7\uf0a8\uf0d8\uf0fc–-]|\(?(?:\d{1,2}|[a-z])[.)])$/u;
/** A smaller glyph whose baseline is this far from that of a line is a superscript or a subscript of it. */
const SCRIPT_RISE = 0.7;
const SCRIPT_DROP = 0.4;
const SCRIPT_SIZE = 0.85;
/** A superscript is at most this far from the glyph before it, relative to its own size, and not longer than this. */
const SCRIPT_REACH = 0.5;
const SCRIPT_GLYPHS = 10;
/** Rows above and below that are searched for the line of a superscript. */
const SEARCHED_ROWS = 8;

/** Builds the segments of a page from its glyphs, in whichever order they were drawn. */
export function buildSegments(glyphs: readonly Glyph[]): Segment[] {
  const rows = moveScripts(buildRows(glyphs));
  return rows.flatMap(splitRow);
}

function buildRows(glyphs: readonly Glyph[]): Row[] {
  const rows: Row[] = [];
  for (const row of exactRows(glyphs)) {
    const previous = rows.at(-1);
    const isSame =
      previous && row.baseline - previous.baseline <= SAME_BASELINE * Math.min(previous.size, row.size);
    if (previous && isSame) {
      previous.glyphs.push(...row.glyphs);
      previous.size = Math.max(previous.size, row.size);
    } else rows.push(row);
  }
  for (const row of rows) row.glyphs = dropCoincidentGlyphs(row.glyphs.sort((a, b) => a.x - b.x));
  return rows;
}

/** Groups glyphs whose baselines are equal, apart from rounding. Blanks alone are no row. */
function exactRows(glyphs: readonly Glyph[]): Row[] {
  const rows: Row[] = [];
  let last = -Infinity;
  for (const glyph of [...glyphs].sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    const size = isBlank(glyph) ? 0 : glyph.size;
    if (row && glyph.y - last <= EQUAL_BASELINE * glyph.size) {
      row.glyphs.push(glyph);
      row.size = Math.max(row.size, size);
    } else rows.push({ baseline: glyph.y, size, glyphs: [glyph] });
    last = glyph.y;
  }
  return rows.filter((row) => row.size > 0);
}

/** Moves superscripts and subscripts into the row of the larger glyphs that they touch. */
function moveScripts(rows: readonly Row[]): Row[] {
  const added = new Map<Row, Glyph[]>();
  rows.forEach((row, index) => {
    const around = rows.slice(Math.max(0, index - SEARCHED_ROWS), index + SEARCHED_ROWS + 1);
    row.glyphs = runsOf(row.glyphs).flatMap((run) => {
      const base = around.find((other) => other !== row && isScriptOf(run, other));
      if (!base) return run;
      const list = added.get(base);
      if (list) list.push(...run);
      else added.set(base, run);
      return [];
    });
  });
  for (const [row, glyphs] of added) row.glyphs = [...row.glyphs, ...glyphs].sort((a, b) => a.x - b.x);
  return rows.filter((row) => row.glyphs.some((glyph) => !isBlank(glyph)));
}

/** Splits the glyphs of a row where there is a gap. */
function runsOf(glyphs: readonly Glyph[]): Glyph[][] {
  const runs: Glyph[][] = [];
  let right = -Infinity;
  for (const glyph of glyphs) {
    const run = runs.at(-1);
    if (run && glyph.x - right <= SEGMENT_GAP * glyph.size) run.push(glyph);
    else runs.push([glyph]);
    right = Math.max(run ? right : -Infinity, glyph.x + glyph.width);
  }
  return runs;
}

function isScriptOf(run: readonly Glyph[], row: Row): boolean {
  const [first] = run;
  if (!first || run.length > SCRIPT_GLYPHS || first.size > SCRIPT_SIZE * row.size) return false;
  const rise = row.baseline - first.y;
  if (rise > SCRIPT_RISE * row.size || rise < -SCRIPT_DROP * row.size) return false;
  return touches(run, row);
}

/** Whether a larger glyph of the row ends or begins at the run. */
function touches(run: readonly Glyph[], row: Row): boolean {
  const { left, right } = extentOf(run);
  const size = run[0]?.size ?? 0;
  const reach = SCRIPT_REACH * size;
  for (
    let index = firstFrom(row.glyphs, left - reach - 2 * row.size);
    index < row.glyphs.length;
    index += 1
  ) {
    const other = row.glyphs[index];
    if (!other || other.x > right + reach) return false;
    const isLarger = !isBlank(other) && size <= SCRIPT_SIZE * other.size;
    if (isLarger && other.x + other.width >= left - reach) return true;
  }
  return false;
}

/** Returns the index of the first glyph at `x` or right of it. */
function firstFrom(glyphs: readonly Glyph[], x: number): number {
  let low = 0;
  let high = glyphs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((glyphs[middle]?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function splitRow(row: Row): Segment[] {
  const segments: Segment[] = [];
  let current: Glyph[] = [];
  let right = -Infinity;
  let blanks: Glyph[] = [];
  for (const glyph of row.glyphs) {
    if (isBlank(glyph)) {
      blanks.push(glyph);
      continue;
    }
    const gap = isListMark(current) ? LIST_MARK_GAP : SEGMENT_GAP;
    if (current.length > 0 && glyph.x - right > gap * Math.max(glyph.size, row.size * 0.8)) {
      segments.push(toSegment(current, row));
      current = [];
      blanks = [];
      right = -Infinity;
    }
    if (current.length > 0) current.push(...blanks);
    blanks = [];
    current.push(glyph);
    right = Math.max(right, glyph.x + glyph.width);
  }
  if (current.length > 0) segments.push(toSegment(current, row));
  return completeLetterGaps(segments);
}

/** Whether glyphs are the sign or the number of a list item, which often stands away from its text. */
function isListMark(glyphs: readonly Glyph[]): boolean {
  if (glyphs.length > 4) return false;
  return LIST_MARK.test(glyphs.map(({ text }) => text).join(''));
}

function toSegment(glyphs: Glyph[], row: Row): Segment {
  const ink = glyphs.filter((glyph) => !isBlank(glyph));
  const size = median(ink.map((glyph) => glyph.size));
  return { glyphs, ...extentOf(ink), baseline: row.baseline, size, letterGap: letterGap(glyphs) };
}

/** A short word in letter-spaced text is recognised by the longer words on the same line. */
function completeLetterGaps(segments: Segment[]): Segment[] {
  const spaced = segments.find((segment) => segment.letterGap > 0);
  if (!spaced) return segments;
  return segments.map((segment) =>
    segment.size === spaced.size && hasLetterGap(segment.glyphs, spaced.letterGap)
      ? { ...segment, letterGap: spaced.letterGap }
      : segment,
  );
}
