import fc from 'fast-check';
import { parseRetryAfter } from './retry-after.js';

const NOW = Date.parse('2026-11-27T08:00:00Z');
const parse = (retryAfter?: string | string[], milliseconds?: string): number | undefined =>
  parseRetryAfter(
    {
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter as string }),
      ...(milliseconds === undefined ? {} : { 'retry-after-ms': milliseconds }),
    },
    NOW,
  );

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    [' 7 ', 7],
    ['0.2', 1],
    ['3600', 3600],
    ['3601', 3600],
    ['99999999999999999999', 3600],
    ['Fri, 27 Nov 2026 08:00:30 GMT', 30],
    ['Fri, 27 Nov 2026 07:59:00 GMT', 0],
    ['Sat, 28 Nov 2026 08:00:00 GMT', 3600],
    ['Friday, 27-Nov-26 08:00:05 GMT', 5],
  ])('reads %j as %d seconds', (header, seconds) => {
    expect(parse(header)).toBe(seconds);
  });

  it.each([
    '',
    ' ',
    '-5',
    '+5',
    '5s',
    '1e3',
    'soon',
    'NaN',
    'Infinity',
    '.5',
    '5.',
    '0x10',
    '2026-11-27T08:00:30Z',
    'Fri, nonsense GMT',
  ])('ignores %j', (header) => {
    expect(parse(header)).toBeUndefined();
  });

  it('ignores an absent header', () => {
    expect(parse()).toBeUndefined();
  });

  it('prefers retry-after-ms, and rounds it up to seconds', () => {
    expect(parse('60', '1500')).toBe(2);
    expect(parse('60', '1')).toBe(1);
    expect(parse('60', 'soon')).toBe(60);
    expect(parse(undefined, '0')).toBe(0);
  });

  it('reads the first of several values', () => {
    expect(parse(['3', '9'])).toBe(3);
  });

  it('returns whole seconds from 0 to 3600 or undefined for any header', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (retryAfter, milliseconds) => {
        const seconds = parse(retryAfter, milliseconds);
        if (seconds === undefined) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(3600);
      }),
    );
  });
});
