import fc from 'fast-check';
import {
  isLanguage,
  isTimeZone,
  isHttpUrl,
  joinName,
  splitName,
  USERNAME_PATTERN,
  deriveUsername,
} from './users.rules.js';

describe('names', () => {
  it.each([
    ['Ada Lovelace', 'Ada', 'Lovelace'],
    ['Ada Maria Lovelace', 'Ada Maria', 'Lovelace'],
    ['Ada', 'Ada', ''],
    ['', '', ''],
  ])('splits %j at the last space', (full, first_name, last_name) => {
    expect(splitName(full)).toEqual({ first_name, last_name });
    expect(joinName(first_name, last_name)).toBe(full || null);
  });
});

describe('usernameFrom', () => {
  it('always makes a valid username, with and without a suffix', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom('', '123456'), (email, suffix) => {
        const name = deriveUsername(email, suffix);
        expect(name).toMatch(USERNAME_PATTERN);
        expect(name.length).toBeGreaterThanOrEqual(3);
        expect(name.length).toBeLessThanOrEqual(32);
      }),
    );
  });
});

describe('profile values', () => {
  it('knows time zones', () => {
    expect(['Europe/Berlin', 'UTC', 'Asia/Kathmandu'].every(isTimeZone)).toBe(true);
    expect(['Mars/Olympus', '', '+01:00', 'x'.repeat(64)].some(isTimeZone)).toBe(false);
  });

  it('knows language tags', () => {
    expect(['en', 'pt-BR', 'zh-Hant-TW'].every(isLanguage)).toBe(true);
    expect(['e', 'english please', '', 'en_US'].some(isLanguage)).toBe(false);
  });

  it('takes web addresses only', () => {
    expect(isHttpUrl('https://example.com/a.png')).toBe(true);
    expect(['javascript:alert(1)', 'data:text/html,x', '/a.png', 'ftp://x/y'].some(isHttpUrl)).toBe(false);
  });
});
