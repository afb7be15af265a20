import type { PageRow } from './page-rows.js';
import type { Segment } from './segments.js';

/** A row of a table; a cell may consist of several lines. */
export interface TableRow {
  baseline: number;
  size: number;
  cells: Segment[][];
}

const MIN_ROWS = 2;
/** Lines of one cell are at most this far apart, relative to the font size. */
const LINE_DISTANCE = 1.45;
/** Another line of a first cell is closer than this, relative to the distance of the rows. */
const CLOSE = 0.85;
/** Rows of a table are at most this far apart, relative to the font size. */
const ROW_DISTANCE = 5;

/** Finds the tables among rows: the ranges of consecutive rows whose cells line up. Ends are exclusive. */
export function findTables(rows: readonly PageRow[]): { start: number; end: number }[] {
  const tables: { start: number; end: number }[] = [];
  for (let start = 0; start < rows.length; start += 1) {
    let end = start + 1;
    while (end < rows.length && continuesTable(rows, start, end)) end += 1;
    const count = rows.slice(start, end).filter((row) => row.segments.length > 1).length;
    if (count >= MIN_ROWS) {
      while ((rows[end - 1]?.segments.length ?? 0) < 2 && !continuesCell(rows, end - 1)) end -= 1;
      tables.push({ start, end });
      start = end - 1;
    }
  }
  return tables;
}

function continuesTable(rows: readonly PageRow[], start: number, index: number): boolean {
  const [first, previous, row] = [rows[start], rows[index - 1], rows[index]];
  if (!first || !previous || !row || first.segments.length < 2) return false;
  if (row.baseline - previous.baseline > ROW_DISTANCE * row.size) return false;
  if (row.segments.length < 2) return continuesCell(rows, index);
  const reference = rows.slice(start, index).findLast((other) => other.segments.length > 1) ?? first;
  return countAligned(reference.segments, row.segments) >= 2;
}

/**
 * Whether a row with one segment is another line of a cell of the row above. Below the first cell, this is only so when
 * the line is closer than the rows are: otherwise it may be a paragraph after the table.
 */
function continuesCell(rows: readonly PageRow[], index: number): boolean {
  const [previous, row] = [rows[index - 1], rows[index]];
  const segment = row?.segments[0];
  if (!previous || !row || !segment || row.segments.length !== 1) return false;
  if (row.baseline - previous.baseline > LINE_DISTANCE * row.size) return false;
  const before = rows[index - 2];
  const isClose = before && row.baseline - previous.baseline < CLOSE * (previous.baseline - before.baseline);
  const fromFirst = isClose === true || previous.segments.length === 1;
  return previous.segments.slice(fromFirst ? 0 : 1).some((cell) => isAligned(cell, segment));
}

function countAligned(above: readonly Segment[], below: readonly Segment[]): number {
  return below.filter((segment) => above.some((cell) => isAligned(cell, segment))).length;
}

function isAligned(a: Segment, b: Segment): boolean {
  const tolerance = 0.3 * Math.max(a.size, b.size);
  const middle = (segment: Segment): number => (segment.left + segment.right) / 2;
  return (
    Math.abs(a.left - b.left) <= tolerance ||
    Math.abs(a.right - b.right) <= tolerance ||
    Math.abs(middle(a) - middle(b)) <= tolerance
  );
}

/** Joins the lines of a table to rows: lines that are closer than the rows belong to one row. */
export function joinTableRows(rows: readonly PageRow[]): TableRow[] {
  const limit = lineDistance(rows);
  const joined: TableRow[] = [];
  let previous: PageRow | null = null;
  for (const row of rows) {
    const last = joined.at(-1);
    const distance = previous ? row.baseline - previous.baseline : Infinity;
    if (last && (distance <= limit || row.segments.length < 2)) addLine(last, row);
    else
      joined.push({
        baseline: row.baseline,
        size: row.size,
        cells: row.segments.map((segment) => [segment]),
      });
    previous = row;
  }
  return joined;
}

/** Returns the largest distance of two lines of one row; 0 when each line is a row. */
function lineDistance(rows: readonly PageRow[]): number {
  const distances = rows
    .slice(1)
    .map((row, index) => row.baseline - (rows[index]?.baseline ?? 0))
    .sort((a, b) => a - b);
  const [smallest = 0] = distances;
  const size = Math.max(...rows.map((row) => row.size));
  const largest = distances.at(-1) ?? 0;
  return smallest <= LINE_DISTANCE * size && largest > 1.2 * smallest ? 1.1 * smallest : 0;
}

function addLine(row: TableRow, line: PageRow): void {
  for (const segment of line.segments) {
    const cell = nearestCell(row.cells, segment);
    if (cell) cell.push(segment);
    else row.cells.push([segment]);
  }
}

function nearestCell(cells: readonly Segment[][], segment: Segment): Segment[] | undefined {
  const aligned = cells.find((cell) => cell[0] && isAligned(cell[0], segment));
  if (aligned) return aligned;
  return cells.find((cell) => cell.some((line) => line.left < segment.right && segment.left < line.right));
}
