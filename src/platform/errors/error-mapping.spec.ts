import {
  BadRequestException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { AppError } from './app-error.js';
import { toAppError, toErrorResponse } from './error-mapping.js';
import { platformErrors } from './platform.errors.js';

const withCode = (code: string, fields: object = {}): Error =>
  Object.assign(new Error('inner'), { code, ...fields });

describe('toAppError', () => {
  it('returns an error of this API as it is', () => {
    const error = platformErrors.overloaded({ retryAfter: 3 });
    expect(toAppError(error)).toBe(error);
  });

  it.each([
    [new NotFoundException(), 'not_found'],
    [new PayloadTooLargeException(), 'payload_too_large'],
    [new UnsupportedMediaTypeException(), 'unsupported_media_type'],
    [new BadRequestException(), 'malformed_body'],
    [new HttpException('teapot', 418), 'malformed_body'],
    [new InternalServerErrorException(), 'internal_error'],
    [new HttpException('bad gateway', 502), 'internal_error'],
  ])('converts %s of Nest to %s', (thrown, code) => {
    expect(toAppError(thrown)).toMatchObject({ code, cause: thrown });
  });

  it.each([
    ['mail_tokens_user_id_fkey', 'token_invalid'],
    ['notes_owner_id_fkey', 'token_invalid'],
    ['invitations_invited_by_fkey', 'token_invalid'],
    ['notes_conversation_id_fkey', 'internal_error'],
    ['', 'internal_error'],
  ])('converts a violation of the foreign key %j to %s', (constraint, code) => {
    expect(toAppError(withCode('23503', { constraint })).code).toBe(code);
    const driverError = { code: '23503', constraint };
    expect(toAppError(Object.assign(new Error('query failed'), { driverError })).code).toBe(code);
    expect(toAppError(withCode('23505', { constraint })).code).toBe('internal_error');
  });

  it.each([
    ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
    ['FST_ERR_NOT_FOUND', 'not_found'],
    ['FST_ERR_BAD_URL', 'not_found'],
    ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
  ])('converts %s of Fastify to %s', (fastifyCode, code) => {
    expect(toAppError(withCode(fastifyCode, { statusCode: 400 })).code).toBe(code);
  });

  it.each([
    [400, 'malformed_body'],
    [431, 'malformed_body'],
    [499, 'malformed_body'],
    [399, 'internal_error'],
    [500, 'internal_error'],
  ])('converts an unknown error with status %d to %s', (statusCode, code) => {
    expect(toAppError(withCode('FST_ERR_OTHER', { statusCode })).code).toBe(code);
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    '57P01',
    '57P02',
    '57P03',
    '57P05',
    '53000',
    '53100',
    '53200',
    '53300',
    '53400',
    '08000',
    '08003',
    '08006',
    '57000',
    '57014',
    '55P03',
    '25006',
    '25P03',
    '40001',
    '40P01',
    'ETIMEDOUT',
  ])('asks to try again when the database fails with %s', (code) => {
    const expected = { code: 'overloaded', status: 503, retryAfter: 5 };
    expect(toAppError(withCode(code))).toMatchObject(expected);
    expect(toAppError(Object.assign(new Error('query failed'), { driverError: { code } }))).toMatchObject(
      expected,
    );
  });

  it.each([
    'timeout expired',
    'Query read timeout',
    'Client was closed and is not queryable',
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
    'Query runner already released. Cannot run queries anymore.',
  ])('asks to try again after: %s', (message) => {
    expect(toAppError(new Error(message)).code).toBe('overloaded');
  });

  it('reports a text that the database cannot store as invalid', () => {
    expect(toAppError(withCode('22021'))).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it.each([
    ['a database error', withCode('23505')],
    ['a programming error', new TypeError('x is not a function')],
    ['a thrown text', 'text'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', {}],
  ])('converts %s to internal_error and keeps it as the cause', (_what, thrown) => {
    const error = toAppError(thrown);
    expect(error).toBeInstanceOf(AppError);
    expect([error.code, error.cause]).toEqual(['internal_error', thrown]);
  });
});

describe('toErrorResponse', () => {
  it('has status, code, detail and Retry-After, and never the cause', () => {
    const error = platformErrors.overloaded({ retryAfter: 9, cause: new Error('secret') });
    expect(toErrorResponse(error)).toEqual({
      status: 503,
      body: { code: 'overloaded', detail: { error: 'overloaded', message: error.message } },
      retryAfter: 9,
    });
    expect(JSON.stringify(toErrorResponse(error))).not.toContain('secret');
  });
});
