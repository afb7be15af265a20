import type { Region } from './column-layout.js';
import type { Segment } from './segments.js';

/** Segments on one baseline of a region, from left to right. */
export interface PageRow {
  baseline: number;
  size: number;
  segments: Segment[];
}

const SAME_BASELINE = 0.2;

export function buildRows({ segments }: Region): PageRow[] {
  const rows: PageRow[] = [];
  for (const segment of [...segments].sort((a, b) => a.baseline - b.baseline)) {
    const row = rows.at(-1);
    if (row && segment.baseline - row.baseline <= SAME_BASELINE * Math.max(row.size, segment.size)) {
      row.segments.push(segment);
      row.size = Math.max(row.size, segment.size);
    } else rows.push({ baseline: segment.baseline, size: segment.size, segments: [segment] });
  }
  for (const row of rows) row.segments.sort((a, b) => a.left - b.left);
  return rows;
}
