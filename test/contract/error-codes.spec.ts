import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@/app.js';
import { getErrorFactories, STATUS_BY_KIND } from '@/platform/errors/index.js';

/**
 * The stable error codes. New codes are added; the meaning of a code does not change. After adding a code or rewording a
 * message, run this spec with `ERROR_CODES=write` and review each new line.
 */
const FILE = join(__dirname, 'error-codes.json');

const SERVER_ERRORS = [
  'ai_unavailable',
  'evaluation_unavailable',
  'generation_interrupted',
  'integration_not_configured',
  'internal_error',
  'mail_not_configured',
  'overloaded',
  'provider_failed',
  'provider_timeout',
  'task_audio_unavailable',
];

describe('error codes', () => {
  const declared = [...getErrorFactories().values()].map(({ code, kind, status, message, plain, error }) => ({
    code,
    // Optional fields are absent here if they are absent in the file.
    meaning: { kind, status, message, ...(plain && { plain }), ...(error && { error }) },
  }));

  if (process.env.ERROR_CODES === 'write') {
    const sorted = declared.toSorted((a, b) => (a.code < b.code ? -1 : 1));
    const table = Object.fromEntries(sorted.map(({ code, meaning }) => [code, meaning]));
    writeFileSync(FILE, `${JSON.stringify(table, null, 2)}\n`);
  }
  const frozen = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, object>;

  it('equal the committed ones, each with its kind, status and message', () => {
    expect(Object.fromEntries(declared.map(({ code, meaning }) => [code, meaning]))).toEqual(frozen);
  });

  it('are in alphabetical order in the file', () => {
    expect(Object.keys(frozen)).toEqual(Object.keys(frozen).sort());
  });

  it('are snake_case, and their messages are sentences', () => {
    for (const { code, meaning } of declared) {
      expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(meaning.message).toMatch(/^[A-Z].{5,}/);
      expect(meaning.status).toBe(STATUS_BY_KIND[meaning.kind]);
    }
  });

  it('with a 5xx status are only the intended ones', () => {
    const faults = declared.filter(({ meaning }) => meaning.status >= 500).map(({ code }) => code);
    expect(faults.sort()).toEqual(SERVER_ERRORS);
  });

  it.each([
    ['token_invalid', 401, 'Invalid or expired token'],
    ['credentials_invalid', 401, 'Invalid email or password'],
    ['account_disabled', 401, 'Account is disabled'],
    ['two_factor_code_invalid', 401, 'Invalid code'],
    ['too_many_attempts', 429, 'Too many attempts. Try again later.'],
  ])('%s answers %i with the documented sentence as its whole detail', (code, status, detail) => {
    expect(getErrorFactories().get(code)?.()).toMatchObject({ code, status, detail });
  });
});
