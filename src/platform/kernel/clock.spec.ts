import { Clock, secondsUntil, SystemClock } from './clock.js';

class FixedClock extends Clock {
  constructor(private readonly time: string) {
    super();
  }

  now(): Date {
    return new Date(this.time);
  }
}

describe('a clock', () => {
  const clock = new FixedClock('2026-04-16T10:00:03.120Z');

  it('counts milliseconds of its own time', () => {
    expect(clock.millis()).toBe(Date.parse('2026-04-16T10:00:03.120Z'));
  });

  it.each([
    [0, '2026-04-16T10:00:03.120Z'],
    [60, '2026-04-16T10:01:03.120Z'],
    [-4, '2026-04-16T09:59:59.120Z'],
    [0.5, '2026-04-16T10:00:03.620Z'],
    [86_400 * 31, '2026-05-17T10:00:03.120Z'],
  ])('adds %d seconds', (seconds, expected) => {
    expect(clock.after(seconds).toISOString()).toBe(expected);
  });

  it('of the system tells the time of Node.js', () => {
    const before = Date.now();
    const system = new SystemClock();
    const [now, millis] = [system.now().getTime(), system.millis()];
    expect(now).toBeGreaterThanOrEqual(before);
    expect(millis).toBeGreaterThanOrEqual(now);
    expect(millis).toBeLessThanOrEqual(Date.now());
  });
});

describe('secondsUntil', () => {
  const now = new Date('2026-04-16T10:00:00.000Z');

  it.each([
    ['2026-04-16T10:00:05.000Z', 5],
    ['2026-04-16T10:00:05.001Z', 6],
    ['2026-04-16T10:00:00.001Z', 1],
    ['2026-04-16T10:00:00.000Z', 1],
    ['2026-04-16T09:00:00.000Z', 1],
    ['2026-04-17T10:00:00.000Z', 86_400],
  ])('rounds up until %s and is at least 1', (then, seconds) => {
    expect(secondsUntil(new Date(then), now)).toBe(seconds);
  });
});
