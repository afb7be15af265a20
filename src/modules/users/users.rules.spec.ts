import fc from 'fast-check';
import {
  deriveUsername,
  isHttpUrl,
  isLanguage,
  joinName,
  splitName,
  USERNAME_MAX_LENGTH,
  USERNAME_MIN_LENGTH,
  USERNAME_PATTERN,
} from './users.rules.js';

describe('splitName', () => {
  it.each([
    ['Ada Lovelace', 'Ada', 'Lovelace'],
    ['Ada Maria Lovelace', 'Ada Maria', 'Lovelace'],
    ['Ada', 'Ada', ''],
    ['', '', ''],
    ['   ', '', ''],
    ['  Ada   Lovelace  ', 'Ada', 'Lovelace'],
    ['Ada\tLovelace', 'Ada\tLovelace', ''],
    ['李 小龍', '李', '小龍'],
    ['👩‍🔬 Curie', '👩‍🔬', 'Curie'],
  ])('splits %j at the last space', (fullName, first_name, last_name) => {
    expect(splitName(fullName)).toEqual({ first_name, last_name });
  });

  it('returns names without spaces around them, and a last name without any space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (fullName) => {
        const { first_name, last_name } = splitName(fullName);
        expect(first_name).toBe(first_name.trim());
        expect(last_name).toBe(last_name.trim());
        expect(last_name).not.toContain(' ');
      }),
    );
  });

  it('is the inverse of joinName for names without repeated spaces', () => {
    const word = fc.stringMatching(/^[A-Za-z'-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const fullName = words.join(' ');
        const { first_name, last_name } = splitName(fullName);
        expect(joinName(first_name, last_name)).toBe(fullName);
      }),
    );
  });
});

describe('joinName', () => {
  it.each([
    ['Ada', 'Lovelace', 'Ada Lovelace'],
    ['Ada', '', 'Ada'],
    ['', 'Lovelace', 'Lovelace'],
    ['', '', null],
  ])('joins %j and %j to %j', (firstName, lastName, fullName) => {
    expect(joinName(firstName, lastName)).toBe(fullName);
  });

  it('keeps a last name of several words, which splitName would not find again', () => {
    expect(joinName('Ada', 'de Lovelace')).toBe('Ada de Lovelace');
    expect(splitName('Ada de Lovelace')).toEqual({ first_name: 'Ada de', last_name: 'Lovelace' });
  });
});

describe('deriveUsername', () => {
  it.each([
    ['ada@example.com', 'ada'],
    ['Ada.Lovelace@example.com', 'ada.lovelace'],
    ['ada+news@example.com', 'adanews'],
    ['a@example.com', 'a00'],
    ['+++@example.com', '000'],
    ['@example.com', '000'],
    ['', '000'],
    ['zoë@example.com', 'zo0'],
    ['"a b"@example.com', 'ab0'],
    [`${'x'.repeat(64)}@example.com`, 'x'.repeat(31)],
  ])('derives from %j the username %s', (email, username) => {
    expect(deriveUsername(email)).toBe(username);
  });

  it('makes room for the suffix', () => {
    expect(deriveUsername('ada@example.com', '123456')).toBe('ada-123456');
    expect(deriveUsername(`${'x'.repeat(64)}@example.com`, '123456')).toBe(`${'x'.repeat(25)}-123456`);
  });

  it('always returns a valid username, with and without a suffix', () => {
    const anyEmail = fc.oneof(fc.emailAddress(), fc.string({ unit: 'grapheme', maxLength: 100 }));
    fc.assert(
      fc.property(anyEmail, fc.constantFrom('', '123456'), (email, suffix) => {
        const username = deriveUsername(email, suffix);
        expect(username).toMatch(USERNAME_PATTERN);
        expect(username.length).toBeGreaterThanOrEqual(USERNAME_MIN_LENGTH);
        expect(username.length).toBeLessThanOrEqual(USERNAME_MAX_LENGTH);
      }),
    );
  });

  it('returns different usernames for different suffixes', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        expect(deriveUsername(email, '000001')).not.toBe(deriveUsername(email, '000002'));
      }),
    );
  });
});

describe('USERNAME_PATTERN', () => {
  it.each(['ada', 'a.b-c_d', '000', '...'])('accepts %j', (username) => {
    expect(username).toMatch(USERNAME_PATTERN);
  });

  it.each(['', 'Ada', 'a b', 'a@b', 'zoë', 'a\n', 'a\u0000b'])('rejects %j', (username) => {
    expect(username).not.toMatch(USERNAME_PATTERN);
  });
});

describe('isLanguage', () => {
  it.each(['en', 'pt-BR', 'zh-Hant-TW', 'sr-Latn', 'de-CH-1996', 'EN-us'])('accepts %j', (tag) => {
    expect(isLanguage(tag)).toBe(true);
  });

  it.each(['e', 'english please', '', 'en_US', 'en-', '-en', 'en--US', '42', 'en\u0000'])(
    'rejects %j',
    (tag) => {
      expect(isLanguage(tag)).toBe(false);
    },
  );
});

describe('isHttpUrl', () => {
  it.each([
    'https://example.com/a.png',
    'http://localhost:3000',
    'HTTPS://EXAMPLE.COM',
    'https://例え.jp/画像.png',
    'https://user:password@example.com/?q=1#f',
  ])('accepts %j', (value) => {
    expect(isHttpUrl(value)).toBe(true);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'blob:https://example.com/1',
    'ftp://x/y',
    '/a.png',
    '//example.com/a.png',
    'example.com',
    'https://',
    '',
  ])('rejects %j', (value) => {
    expect(isHttpUrl(value)).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl()), (value) => {
        expect(typeof isHttpUrl(value)).toBe('boolean');
      }),
    );
  });
});
