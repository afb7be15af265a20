import fc from 'fast-check';
import { parseTimestamp } from './timestamps.js';

describe('parseTimestamp', () => {
  it.each([
    ['2026-04-16T10:00:03Z', '2026-04-16T10:00:03.000Z'],
    ['2026-04-16t10:00:03z', '2026-04-16T10:00:03.000Z'],
    ['2026-04-16T10:00Z', '2026-04-16T10:00:00.000Z'],
    ['2026-04-16T10:00:03.1234567Z', '2026-04-16T10:00:03.123Z'],
    ['2026-04-16T10:00:03+02:00', '2026-04-16T08:00:03.000Z'],
    ['2026-04-16T00:30:00-09:30', '2026-04-16T10:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('parses %s', (text, expected) => {
    expect(parseTimestamp(text)?.toISOString()).toBe(expected);
  });

  it.each([
    '',
    '2026-04-16',
    '2026-04-16T10:00:03',
    '2026-04-16 10:00:03Z',
    '2026-04-16T10:00:03+0200',
    '2026-04-16T10:00:03.Z',
    '2026-04-16T10:00:03.1234567891Z',
    ' 2026-04-16T10:00:03Z',
    '2026-04-16T10:00:03Z\n',
    '+002026-04-16T10:00:03Z',
    '２０２６-04-16T10:00:03Z',
    'now',
    '1776333603',
  ])('refuses the format of %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01T10:60:00Z',
    '2026-01-01T10:00:61Z',
  ])('refuses the impossible time %s', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('returns the time of every ISO text that JavaScript writes', () => {
    const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
    fc.assert(
      fc.property(fc.date({ ...range, noInvalidDate: true }), (date) => {
        expect(parseTimestamp(date.toISOString())).toEqual(date);
      }),
    );
  });

  it('never throws and never returns an invalid date', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/),
        (text) => {
          expect(Number.isNaN(parseTimestamp(text)?.getTime())).toBe(false);
        },
      ),
    );
  });
});
