import { AppError, STATUS_BY_KIND, type ErrorKind } from './app-error.js';
import { defineErrors, getErrorFactories } from './define-errors.js';
import { invalidField, platformErrors, validationFailed } from './platform.errors.js';

const errors = defineErrors({
  test_missing: { kind: 'not_found', message: 'The thing does not exist.' },
  test_plain: { kind: 'too_many', message: 'Too many things', plain: true },
  test_renamed: { kind: 'forbidden', message: 'No.', error: 'NOT_ALLOWED' },
});

describe('a declared error', () => {
  it('has its code, its status and a structured detail', () => {
    const error = errors.test_missing();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'test_missing', kind: 'not_found', status: 404 });
    expect(error.detail).toEqual({ error: 'test_missing', message: 'The thing does not exist.' });
    expect([error.message, error.retryAfter, error.cause]).toEqual([
      'The thing does not exist.',
      undefined,
      undefined,
    ]);
  });

  it('has a text as detail when it is plain, and then no data', () => {
    expect(errors.test_plain({ data: { secret: 1 } }).detail).toBe('Too many things');
  });

  it('can have another name in its detail than its code', () => {
    expect(errors.test_renamed()).toMatchObject({ code: 'test_renamed', detail: { error: 'NOT_ALLOWED' } });
  });

  it('carries data, a cause and the seconds of Retry-After', () => {
    const cause = new Error('inner');
    const error = errors.test_missing({ data: { id: 7 }, cause, retryAfter: 30 });
    expect(error.detail).toEqual({ error: 'test_missing', message: 'The thing does not exist.', id: 7 });
    expect([error.cause, error.retryAfter]).toEqual([cause, 30]);
  });

  it('is created for each throw', () => {
    expect(errors.test_missing()).not.toBe(errors.test_missing());
  });

  it('is listed with its definition for the API reference', () => {
    expect({ ...getErrorFactories().get('test_renamed') }).toMatchObject({
      code: 'test_renamed',
      status: 403,
      kind: 'forbidden',
      error: 'NOT_ALLOWED',
      message: 'No.',
    });
    expect(getErrorFactories().get('test_unknown')).toBeUndefined();
  });
});

describe('kinds of errors', () => {
  it('have statuses of errors', () => {
    for (const [kind, status] of Object.entries(STATUS_BY_KIND)) {
      expect([kind, status >= 400 && status <= 504]).toEqual([kind, true]);
      expect(new AppError('code', kind as ErrorKind, 'text').status).toBe(status);
    }
  });
});

describe('validation_failed', () => {
  it('lists the invalid fields', () => {
    const fields = [{ path: 'items.0.name', rule: 'required', message: 'is required' }];
    expect(validationFailed(fields)).toMatchObject({
      status: 400,
      code: 'validation_failed',
      detail: { fields },
    });
    expect(invalidField('a', 'rule', 'message').detail).toMatchObject({
      fields: [{ path: 'a', rule: 'rule', message: 'message' }],
    });
  });

  it('has no secret in the message of an internal error', () => {
    const error = platformErrors.internal_error({ cause: new Error('password') });
    expect(JSON.stringify([error.detail, error.message])).not.toContain('password');
  });
});
