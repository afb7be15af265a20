import fc from 'fast-check';
import { addDays, daysBetween } from '@/platform/kernel/dates.js';
import { listDays, MAX_DAYS, resolvePeriod } from './statistics-period.js';

const TODAY = '2026-03-01';

describe('a period', () => {
  it('has 30 days until today by default', () => {
    const period = {
      start: '2026-01-31',
      end: TODAY,
      previousStart: '2026-01-01',
      previousEnd: '2026-01-30',
    };
    expect(resolvePeriod({}, TODAY)).toEqual(period);
  });

  it('has 30 days until its end without a start, and ends today without an end', () => {
    expect(resolvePeriod({ end_date: '2024-03-01' }, TODAY)).toMatchObject({ start: '2024-02-01' });
    expect(resolvePeriod({ start_date: '2026-02-28' }, TODAY)).toMatchObject({ end: TODAY });
    expect(resolvePeriod({ start_date: '2027-01-01' }, TODAY)).toMatchObject({ end: '2027-01-01' });
  });

  it('has as many days as the previous one, which ends the day before', () => {
    const date = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1970-01-01', days));
    fc.assert(
      fc.property(date, fc.integer({ min: 1, max: MAX_DAYS }), (start_date, days) => {
        const period = resolvePeriod({ start_date, end_date: addDays(start_date, days - 1) }, TODAY);
        expect(daysBetween(period.previousStart, period.previousEnd)).toBe(
          daysBetween(period.start, period.end),
        );
        expect(addDays(period.previousEnd, 1)).toBe(start_date);
        const listed = listDays(period.start, period.end);
        expect([listed.length, listed[0], listed.at(-1)]).toEqual([days, period.start, period.end]);
      }),
    );
  });

  it.each([
    [{ start_date: '2026-02-02', end_date: '2026-02-01' }, 'end_date'],
    [{ start_date: '2025-01-01', end_date: '2026-01-02' }, 'end_date'],
    [{ start_date: '2025-02-28' }, 'start_date'],
  ])('%j is refused, and %s is named', (query, path) => {
    let thrown: unknown;
    try {
      resolvePeriod(query, TODAY);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ status: 400, detail: { fields: [{ path }] } });
  });
});
