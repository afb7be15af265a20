/** A span of time in milliseconds since the epoch; the end is not part of it. */
export interface Interval {
  start: number;
  end: number;
}

/** Returns the intervals in order, without overlaps. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const { start, end } of [...intervals].sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else if (end > start) merged.push({ start, end });
  }
  return merged;
}

/** Divides an interval into parts of at most `length` milliseconds. */
export function divideInterval({ start, end }: Interval, length: number): Interval[] {
  const parts: Interval[] = [];
  for (let from = start; from < end; from += length)
    parts.push({ start: from, end: Math.min(end, from + length) });
  return parts;
}

const STEP_MS = 5 * 60_000;

const roundUp = (time: number): number => Math.ceil(time / STEP_MS) * STEP_MS;

/**
 * Returns the first start of a free span of `length` milliseconds in `within`, at a multiple of five minutes; null without one.
 * `busy` is in order, without overlaps.
 */
export function findFreeStart(within: Interval, length: number, busy: readonly Interval[]): number | null {
  let start = roundUp(within.start);
  for (const taken of busy) {
    if (taken.start >= start + length) break;
    if (taken.end > start) start = roundUp(taken.end);
  }
  return start + length <= within.end ? start : null;
}
