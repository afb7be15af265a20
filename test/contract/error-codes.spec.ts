import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import '@/app.js';
import { getErrorFactories, STATUS_BY_KIND } from '@/platform/errors/index.js';

/** What clients may rely on. A code can be added here; one that is there keeps its meaning for good. */
const frozen = JSON.parse(readFileSync(join(__dirname, 'error-codes.json'), 'utf8')) as Record<
  string,
  object
>;

const SERVER_ERRORS = [
  'ai_unavailable',
  'generation_interrupted',
  'internal_error',
  'mail_not_configured',
  'overloaded',
  'provider_failed',
  'provider_timeout',
];

describe('error codes', () => {
  const declared = [...getErrorFactories().values()].map(({ code, kind, status, message, plain, error }) => ({
    code,
    // Absent fields stay absent, as in the file.
    meaning: { kind, status, message, ...(plain && { plain }), ...(error && { error }) },
  }));

  it('are frozen, each with its kind, status and message', () => {
    expect(Object.fromEntries(declared.map(({ code, meaning }) => [code, meaning]))).toEqual(frozen);
  });

  it('stand in the file in alphabetical order', () => {
    expect(Object.keys(frozen)).toEqual(Object.keys(frozen).sort());
  });

  it('are snake_case, and their messages are sentences that name no cause', () => {
    for (const { code, meaning } of declared) {
      expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(meaning.message).toMatch(/^[A-Z].{5,}/);
      expect(meaning.status).toBe(STATUS_BY_KIND[meaning.kind]);
    }
  });

  it('of a server fault are only the intended ones', () => {
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
