import fc from 'fast-check';
import { durationSeconds, INACTIVITY_TIMEOUT } from './learning-session.rules.js';

const at = (millis: number): Date => new Date(Date.UTC(2026, 4, 1) + millis);

describe('the duration of a learning session', () => {
  it.each([
    ['is 0 at its start', 0, null, 0, 0],
    ['does not count a second that has not passed', 0, null, 999, 0],
    ['counts a full second', 0, null, 1000, 1],
    ['lasts to now while it is active', 0, null, 90_500, 90],
    ['lasts to its end when it has ended', 0, 60_999, 3_600_000, 60],
    ['is 0 when it ended at its start', 0, 0, 5000, 0],
    ['is 0 when the clock of another process was ahead', 5000, null, 0, 0],
    ['spans days', 0, 200_000_000, 0, 200_000],
  ])('%s', (_name, started, ended, now, seconds) => {
    const session = { started_at: at(started), ended_at: ended === null ? null : at(ended) };
    expect(durationSeconds(session, at(now))).toBe(seconds);
  });

  it('is a whole number that never falls while time passes', () => {
    const instant = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(instant, instant, fc.nat(1e6), (started, now, later) => {
        const session = { started_at: at(started), ended_at: null };
        const [first, second] = [
          durationSeconds(session, at(now)),
          durationSeconds(session, at(now + later)),
        ];
        expect(Number.isInteger(first)).toBe(true);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(second).toBeGreaterThanOrEqual(first);
      }),
    );
  });

  it('is limited by an inactivity timeout of 30 minutes', () => {
    expect(INACTIVITY_TIMEOUT).toBe(1800);
  });
});
