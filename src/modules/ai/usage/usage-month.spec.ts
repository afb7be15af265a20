import fc from 'fast-check';
import { startOfNextMonth, toMonth } from './usage-month.js';

describe('usage months', () => {
  it.each([
    ['2026-11-01T00:00:00.000Z', '2026-11-01', '2026-12-01T00:00:00.000Z'],
    ['2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', '2026-12-01', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', '2028-02-01', '2028-03-01T00:00:00.000Z'],
    ['2026-01-01T00:30:00+14:00', '2025-12-01', '2026-01-01T00:00:00.000Z'],
  ])('%s is in the month %s, which ends at %s', (instant, month, end) => {
    expect(toMonth(new Date(instant))).toBe(month);
    expect(startOfNextMonth(month).toISOString()).toBe(end);
  });

  it('contain each instant exactly once', () => {
    const instant = fc.date({
      min: new Date('2000-01-01'),
      max: new Date('2099-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        const month = toMonth(date);
        const end = startOfNextMonth(month);
        expect(new Date(month).getTime()).toBeLessThanOrEqual(date.getTime());
        expect(end.getTime()).toBeGreaterThan(date.getTime());
        expect(toMonth(new Date(end.getTime() - 1))).toBe(month);
        expect(toMonth(end)).not.toBe(month);
      }),
    );
  });
});
