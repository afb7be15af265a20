import fc from 'fast-check';
import { isRecent } from './sessions.rules.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');

describe('isRecent', () => {
  it('is false for a proof that was never given', () => {
    expect(isRecent(null, 3600, NOW)).toBe(false);
    expect(isRecent(null, Infinity, NOW)).toBe(false);
  });

  it.each([
    [0, true],
    [599_999, true],
    [600_000, true],
    [600_001, false],
    [86_400_000, false],
  ])('of 10 minutes, %i milliseconds later, is %s', (age, expected) => {
    expect(isRecent(new Date(NOW.getTime() - age), 600, NOW)).toBe(expected);
  });

  it('accepts a proof of another node whose clock is ahead', () => {
    expect(isRecent(new Date(NOW.getTime() + 2000), 600, NOW)).toBe(true);
  });

  it('never becomes true again as time passes', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(10_000_000), fc.nat(7200), (age, later, maxAge) => {
        const verifiedAt = new Date(NOW.getTime() - age);
        const afterwards = new Date(NOW.getTime() + later);
        if (!isRecent(verifiedAt, maxAge, NOW)) expect(isRecent(verifiedAt, maxAge, afterwards)).toBe(false);
      }),
    );
  });
});
