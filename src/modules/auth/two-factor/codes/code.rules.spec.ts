import fc from 'fast-check';
import { formatBackupCode, isOneTimeCode, normalizeBackupCode, normalizeCode } from './code.rules.js';

const base32 = fc
  .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), { minLength: 16, maxLength: 16 })
  .map((characters) => characters.join(''));

describe('isOneTimeCode', () => {
  it.each(['000000', '123456', '999999'])('accepts %j', (code) => {
    expect(isOneTimeCode(code)).toBe(true);
  });

  it.each([
    '',
    '12345',
    '1234567',
    ' 12345',
    '123456 ',
    '123456\n',
    '123 456',
    '12345a',
    '-12345',
    '1e5000',
    '0x1234',
    '１２３４５６', // full-width digits
    '١٢٣٤٥٦', // Arabic-Indic digits
    '12345\u0000',
  ])('refuses %j', (code) => {
    expect(isOneTimeCode(code)).toBe(false);
  });

  it('answers at once for very long text', () => {
    const start = performance.now();
    expect(isOneTimeCode('1'.repeat(1_000_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('normalizeCode', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456\n', '123456'],
    ['123-456', '123456'],
    ['123\u2013456', '123456'], // en dash
    ['12\u00a034\u200956', '123456'], // no-break and thin space
    ['\u200b123\u200e456', '123456'], // invisible characters
    ['１２３４５６', '123456'], // full-width digits
    ['٠١٢٣٤٥', '012345'], // Arabic-Indic digits
    ['۶۷۸۹۰۱', '678901'], // Persian digits
    ['०१२३४५', '012345'], // Devanagari digits
    ['𝟎𝟗𝟘𝟡𝟬𝟵', '090909'], // mathematical digits
    ['abcd–efgh', 'abcdefgh'],
    ['12a456', '12a456'],
  ])('reads %j as %j', (code, plain) => {
    expect(normalizeCode(code)).toBe(plain);
  });
});

describe('normalizeBackupCode', () => {
  it.each([
    ['ABCD-EFGH-IJKL-MNOP', 'ABCDEFGHIJKLMNOP'],
    ['abcd-efgh-ijkl-mnop', 'ABCDEFGHIJKLMNOP'],
    ['ABCDEFGHIJKLMNOP', 'ABCDEFGHIJKLMNOP'],
    ['abcd efgh ijkl mnop', 'ABCDEFGHIJKLMNOP'],
    [' ABCD-EFGH-IJKL-MNOP\n', 'ABCDEFGHIJKLMNOP'],
    ['ABCD\u00a0EFGH\tIJKL--MNOP', 'ABCDEFGHIJKLMNOP'],
    ['2345-67AB-CDEF-GHIJ', '234567ABCDEFGHIJ'],
  ])('reads %j', (typed, expected) => {
    expect(normalizeBackupCode(typed)).toBe(expected);
  });

  it.each([
    '',
    '-',
    'ABCD-EFGH-IJKL-MNO', // 15 characters
    'ABCD-EFGH-IJKL-MNOPQ', // 17
    'ABCD-EFGH-IJKL-MN0P', // 0 is not in the alphabet
    'ABCD-EFGH-IJKL-MN1P',
    'ABCD-EFGH-IJKL-MN8P',
    'ABCD_EFGH_IJKL_MNOP',
    'ÀBCD-EFGH-IJKL-MNOP',
    'ABCD-EFGH-IJKL-MNOß', // becomes two characters in upper case
    'ABCD-EFGH-IJKL-MNO\u0000',
  ])('refuses %j', (typed) => {
    expect(normalizeBackupCode(typed)).toBeNull();
  });

  it('reads every code as it was issued, in any grouping and case', () => {
    const separators = fc.array(fc.constantFrom('', '-', ' ', ' - ', '\t'), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(base32, separators, fc.boolean(), (code, gaps, lower) => {
        const typed = [...code].map((character, index) => character + (gaps[index] ?? '')).join('');
        expect(normalizeBackupCode(lower ? typed.toLowerCase() : typed)).toBe(code);
      }),
    );
  });

  it('is idempotent, and never returns anything outside the alphabet', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const code = normalizeBackupCode(text);
        if (code === null) return;
        expect(code).toMatch(/^[A-Z2-7]{16}$/);
        expect(normalizeBackupCode(code)).toBe(code);
      }),
    );
  });

  it('never takes a backup code for a one-time code', () => {
    fc.assert(fc.property(base32, (code) => !isOneTimeCode(code) && !isOneTimeCode(formatBackupCode(code))));
  });
});

describe('formatBackupCode', () => {
  it('groups by four, and is undone by normalizeBackupCode', () => {
    expect(formatBackupCode('ABCDEFGHIJKLMNOP')).toBe('ABCD-EFGH-IJKL-MNOP');
    fc.assert(fc.property(base32, (code) => normalizeBackupCode(formatBackupCode(code)) === code));
  });

  it('leaves a text that is too short to group as it is', () => {
    expect(formatBackupCode('')).toBe('');
    expect(formatBackupCode('ABC')).toBe('ABC');
  });
});
