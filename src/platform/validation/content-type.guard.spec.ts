import { Body, type ExecutionContext, Query } from '@nestjs/common';
import { OPERATION_METADATA } from '../openapi/operation-options.js';
import { ContentTypeGuard } from './content-type.guard.js';

class Controller {
  withBody(@Body() body: object): object {
    return body;
  }

  withForm(@Body() body: object): object {
    return body;
  }

  withoutBody(@Query() query: object): object {
    return query;
  }
}
Reflect.defineMetadata(
  OPERATION_METADATA,
  { summary: 'Form', consumes: 'form' },
  Controller.prototype.withForm,
);

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Returns true, or the code of the error, or the number of invalid fields when there are several. */
function check(handler: keyof Controller, type: string | undefined, body: unknown): unknown {
  const context = {
    getHandler: () => Controller.prototype[handler],
    getClass: () => Controller,
    switchToHttp: () => ({ getRequest: () => ({ headers: { 'content-type': type }, body }) }),
  };
  try {
    return new ContentTypeGuard().canActivate(context as unknown as ExecutionContext);
  } catch (error) {
    const { code, detail } = error as { code: string; detail: { fields?: unknown[] } };
    return (detail.fields?.length ?? 0) > 1 ? detail.fields?.length : code;
  }
}

describe('the content type guard', () => {
  it.each<[keyof Controller, string | undefined, unknown]>([
    ['withBody', JSON_TYPE, { a: 1 }],
    ['withBody', `${JSON_TYPE}; charset=utf-8`, { a: 1 }],
    ['withBody', undefined, undefined],
    ['withBody', FORM_TYPE, undefined],
    ['withForm', FORM_TYPE, { a: '1' }],
    ['withForm', FORM_TYPE.toUpperCase(), { a: '1' }],
    ['withForm', `${FORM_TYPE}; charset=utf-8`, {}],
    ['withoutBody', JSON_TYPE, {}],
    ['withoutBody', JSON_TYPE, undefined],
  ])('accepts for %s the type %s with %j', (handler, type, body) => {
    expect(check(handler, type, body)).toBe(true);
  });

  it.each<[keyof Controller, string, unknown, string]>([
    ['withBody', FORM_TYPE, { a: '1' }, 'unsupported_media_type'],
    ['withForm', JSON_TYPE, { a: 1 }, 'unsupported_media_type'],
    ['withoutBody', FORM_TYPE, {}, 'unsupported_media_type'],
    ['withoutBody', JSON_TYPE, { a: 1 }, 'validation_failed'],
    ['withoutBody', JSON_TYPE, [], 'validation_failed'],
    ['withoutBody', JSON_TYPE, 'text', 'validation_failed'],
    ['withoutBody', JSON_TYPE, null, 'validation_failed'],
    ['withoutBody', JSON_TYPE, 0, 'validation_failed'],
  ])('refuses for %s the type %s with %j', (handler, type, body, code) => {
    expect(check(handler, type, body)).toBe(code);
  });

  it('bounds the number of reported fields', () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]));
    expect(check('withoutBody', JSON_TYPE, body)).toBe(20);
  });
});
