import fc from 'fast-check';
import { isHidden } from './comparison.rules.js';

const SHOWN = { first: 5, second: 5, shared: 0, remainder: 5 };

describe('a comparison', () => {
  it('is shown when each team and the remainder have five members', () => {
    expect(isHidden(SHOWN)).toBe(false);
  });

  it.each(['first', 'second', 'remainder'] as const)('is hidden when %s has fewer', (part) => {
    for (let members = 0; members < 5; members += 1)
      expect(isHidden({ ...SHOWN, [part]: members })).toBe(true);
  });

  it.each([
    [{ first: 10, second: 10, shared: 5 }, false],
    [{ first: 10, second: 10, shared: 6 }, true],
    [{ first: 10, second: 5, shared: 5 }, false],
    [{ first: 9, second: 5, shared: 5 }, true],
    [{ first: 5, second: 5, shared: 5 }, false],
  ])('of overlapping teams %j: hidden is %s', (sizes, hidden) => {
    expect(isHidden({ ...SHOWN, ...sizes })).toBe(hidden);
    expect(isHidden({ ...SHOWN, ...sizes, first: sizes.second, second: sizes.first })).toBe(hidden);
  });

  it('never shows a group, or a difference of groups, of one to four members', () => {
    const members = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(members, members, members, members, (onlyFirst, onlySecond, shared, remainder) => {
        const [first, second] = [onlyFirst + shared, onlySecond + shared];
        if (isHidden({ first, second, shared, remainder })) return;
        for (const size of [first, second, onlyFirst, onlySecond, remainder])
          expect(size === 0 || size >= 5).toBe(true);
      }),
    );
  });
});
