import { isTimeZone } from './time-zones.js';

describe('isTimeZone', () => {
  it.each(['Europe/Berlin', 'UTC', 'Asia/Kathmandu', 'America/Argentina/Buenos_Aires'])(
    'accepts %j',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each([
    'Mars/Olympus',
    '',
    ' UTC',
    '+01:00',
    '-0500',
    'Europe/',
    'Europe/Berlin ',
    'x'.repeat(64),
    'UTC\u0000',
    'utc',
    'BST',
    'IST',
    'ART',
    'AET',
    'EST5EDT',
    'Cuba',
    'GMT',
  ])('rejects %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it('accepts every time zone with a slash that the runtime lists', () => {
    const listed = Intl.supportedValuesOf('timeZone').filter((name) => name.includes('/'));
    expect(listed.filter((name) => !isTimeZone(name))).toEqual([]);
  });
});
