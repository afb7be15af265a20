import { attachAccents } from './accents.js';
import { isMostlyRightToLeft } from './bidirectional.js';
import { orderByColumns } from './column-layout.js';
import type { Region } from './column-layout.js';
import { isBlank } from './glyph.js';
import type { Glyph, GlyphGroup } from './glyph.js';
import { textOfSegment } from './line-text.js';
import { buildRows } from './page-rows.js';
import type { PageRow } from './page-rows.js';
import { buildSegments } from './segments.js';
import type { Segment } from './segments.js';
import { findTables, joinTableRows } from './table-rows.js';

/** A line of text at its place, or a row of a table. */
export interface PageLine {
  text: string;
  page: number;
  left: number;
  right: number;
  baseline: number;
  size: number;
  bold: boolean;
  monospace: boolean;
  isTableRow: boolean;
  /** Edges of the column that the line belongs to. */
  columnLeft: number;
  columnRight: number;
  /** Number of the column on the page, in the order of reading. */
  column: number;
}

/** Cells of one row are separated so that a reader and a search see that they are not one sentence. */
const CELL_SEPARATOR = ' | ';

/** Returns the lines of a page in the order of reading. */
export function readLines(groups: readonly GlyphGroup[], page: number): PageLine[] {
  const lines: PageLine[] = [];
  let column = 0;
  for (const { glyphs } of groups) {
    const segments = buildSegments(attachAccents(glyphs));
    const isRightToLeft = isMostlyRightToLeft(glyphs.map((glyph) => glyph.text).join(''));
    for (const region of orderByColumns(segments, isRightToLeft)) {
      lines.push(...linesOf(region, { page, column, isRightToLeft }));
      column += 1;
    }
  }
  return lines.filter((line) => line.text !== '');
}

interface Place {
  page: number;
  column: number;
  isRightToLeft: boolean;
}

function linesOf(region: Region, place: Place): PageLine[] {
  const rows = buildRows(region);
  const tables = findTables(rows);
  const lines: PageLine[] = [];
  for (let index = 0; index < rows.length;) {
    const table = tables.find(({ start }) => start === index);
    const row = rows[index];
    if (table) {
      for (const { cells } of joinTableRows(rows.slice(table.start, table.end))) {
        lines.push(tableLine(cells, region, place));
      }
      index = table.end;
    } else {
      if (row) lines.push(textLine(row, region, place));
      index += 1;
    }
  }
  return lines;
}

function tableLine(cells: readonly Segment[][], region: Region, place: Place): PageLine {
  const texts = cells.map((lines) => lines.map((line) => textOfSegment(line, place.isRightToLeft)).join(' '));
  const ordered = place.isRightToLeft ? texts.reverse() : texts;
  return { ...measure(cells.flat(), region, place), text: ordered.join(CELL_SEPARATOR), isTableRow: true };
}

function textLine({ segments }: PageRow, region: Region, place: Place): PageLine {
  const glyphs = segments.flatMap((segment) => segment.glyphs);
  const isRightToLeft = place.isRightToLeft || isMostlyRightToLeft(glyphs.map(({ text }) => text).join(''));
  const texts = segments.map((segment) => textOfSegment(segment, isRightToLeft));
  const ordered = isRightToLeft ? texts.reverse() : texts;
  return { ...measure(segments, region, place), text: ordered.join(' ').trim(), isTableRow: false };
}

function measure(
  segments: readonly Segment[],
  region: Region,
  { page, column }: Place,
): Omit<PageLine, 'text' | 'isTableRow'> {
  const glyphs = segments.flatMap((segment) => segment.glyphs).filter((glyph) => !isBlank(glyph));
  return {
    page,
    column,
    left: Math.min(...segments.map(({ left }) => left)),
    right: Math.max(...segments.map(({ right }) => right)),
    baseline: segments[0]?.baseline ?? 0,
    size: Math.max(...segments.map(({ size }) => size)),
    bold: mostly(glyphs, ({ font }) => font.bold),
    monospace: mostly(glyphs, ({ font }) => font.monospace),
    columnLeft: region.left,
    columnRight: region.right,
  };
}

const mostly = (glyphs: readonly Glyph[], test: (glyph: Glyph) => boolean): boolean =>
  glyphs.filter(test).length > 0.9 * glyphs.length;
