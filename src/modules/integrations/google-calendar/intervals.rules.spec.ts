import fc from 'fast-check';
import { divideInterval, findFreeStart, mergeIntervals } from './intervals.rules.js';

const MINUTE = 60_000;
const interval = fc
  .tuple(fc.integer({ min: 0, max: 1_440 }), fc.integer({ min: 1, max: 240 }))
  .map(([start, length]) => ({ start: start * MINUTE, end: (start + length) * MINUTE }));

describe('a free start', () => {
  it('is the first multiple of five minutes at which the whole span is free', () => {
    fc.assert(
      fc.property(
        interval,
        fc.integer({ min: 5, max: 120 }),
        fc.array(interval, { maxLength: 8 }),
        (within, minutes, taken) => {
          const length = minutes * MINUTE;
          const isFree = (start: number): boolean =>
            taken.every(({ start: from, end }) => end <= start || from >= start + length);
          const candidates = Array.from({ length: 24 * 12 + 60 }, (_, index) => index * 5 * MINUTE).filter(
            (start) => start >= within.start && start + length <= within.end && isFree(start),
          );
          expect(findFreeStart(within, length, mergeIntervals(taken))).toBe(candidates[0] ?? null);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('merged intervals', () => {
  it('are in order, do not touch, and cover the same minutes', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 8 }), (intervals) => {
        const merged = mergeIntervals(intervals);
        merged.forEach(({ start }, index) => expect(start).toBeGreaterThan(merged[index - 1]?.end ?? -1));
        const covers = (list: typeof merged, time: number): boolean =>
          list.some(({ start, end }) => start <= time && time < end);
        for (let time = 0; time < 1_700 * MINUTE; time += 7 * MINUTE)
          expect(covers(merged, time)).toBe(covers(intervals, time));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a divided interval', () => {
  it('has parts of a limited length without gaps', () => {
    expect(divideInterval({ start: 0, end: 70 }, 30)).toEqual([
      { start: 0, end: 30 },
      { start: 30, end: 60 },
      { start: 60, end: 70 },
    ]);
  });
});
