import { addDays, daysBetween } from '@/platform/kernel/dates.js';
import { scheduleFirst, scheduleNext, scheduleRepeatedError, type Schedule } from './schedule.rules.js';

const DAY = '2026-04-16';

function reviewOnTime(
  schedule: Schedule,
  ratings: readonly ('again' | 'hard' | 'good' | 'easy')[],
): number[] {
  let current = schedule;
  return ratings.map((rating) => {
    current = scheduleNext(current, current.due_day, rating);
    return daysBetween(current.last_day, current.due_day);
  });
}

describe('the schedule of an item', () => {
  it('begins on the day after the error', () => {
    expect(scheduleFirst(DAY)).toMatchObject({ last_day: DAY, due_day: '2026-04-17', reps: 1, lapses: 0 });
  });

  it('has longer and longer intervals while the answers are right, at most a year', () => {
    const intervals = reviewOnTime(
      scheduleFirst(DAY),
      Array.from({ length: 12 }, () => 'good' as const),
    );
    expect(intervals.slice(0, 3)).toEqual([3, 8, 22]);
    expect([...intervals].sort((a, b) => a - b)).toEqual(intervals);
    expect(intervals.at(-1)).toBe(365);
  });

  it('is one day after a wrong answer, however well the item was known', () => {
    const [first, , , last] = reviewOnTime(scheduleFirst(DAY), ['good', 'good', 'good', 'again']);
    expect([first, last]).toEqual([3, expect.any(Number)]);
    expect(last).toBeLessThanOrEqual(4);
  });

  it('grows with the rating', () => {
    const schedule = scheduleNext(scheduleFirst(DAY), '2026-04-17', 'good');
    const days = (['again', 'hard', 'good', 'easy'] as const).map((rating) =>
      daysBetween(schedule.due_day, scheduleNext(schedule, schedule.due_day, rating).due_day),
    );
    expect(days).toEqual([...days].sort((a, b) => a - b));
    expect(new Set(days).size).toBe(4);
  });

  it('depends on days alone: it has no time of day, and does not change in summer time', () => {
    for (const start of ['2026-03-28', '2026-10-24', '2028-02-28', '2026-12-31'])
      expect(scheduleNext(scheduleFirst(start), addDays(start, 1), 'good').due_day).toBe(addDays(start, 4));
  });

  it('counts an error that is made again as forgotten, once a day', () => {
    const known = scheduleNext(scheduleFirst(DAY), '2026-04-17', 'easy');
    const repeated = scheduleRepeatedError(known, '2026-04-18');
    expect(repeated).toMatchObject({ last_day: '2026-04-18', lapses: known.lapses + 1 });
    expect(repeated.due_day < known.due_day).toBe(true);
    expect(scheduleRepeatedError(repeated, '2026-04-18')).toEqual({ ...repeated, due_day: '2026-04-19' });
    expect(scheduleRepeatedError(known, '2026-04-17')).toEqual({ ...known, due_day: '2026-04-18' });
  });
});
