import type { ArgumentMetadata } from '@nestjs/common';
import type { FieldError } from '../errors/index.js';
import { RequestPipe } from './request-pipe.js';
import {
  BooleanField,
  EmailField,
  EnumField,
  EnumListField,
  IdField,
  IntegerField,
  JsonObjectField,
  NameField,
  ObjectField,
  ObjectListField,
  QueryIntegerField,
  TextField,
  TextListField,
  TimestampField,
} from './index.js';

const pipe = new RequestPipe();

function transform<T extends object>(metatype: new () => T, value: unknown): T {
  return pipe.transform(value, { type: 'body', metatype } as ArgumentMetadata) as T;
}

/** Returns path and rule of each invalid field. */
function errorsOf(metatype: new () => object, value: unknown): string[] {
  return fieldErrorsOf(metatype, value).map(({ path, rule }) => `${path}: ${rule}`);
}

function fieldErrorsOf(metatype: new () => object, value: unknown): FieldError[] {
  try {
    transform(metatype, value);
    return [];
  } catch (error) {
    const { code, detail } = error as { code: string; detail: { fields: FieldError[] } };
    expect(code).toBe('validation_failed');
    return detail.fields;
  }
}

class Address {
  @TextField({ max: 5 })
  city!: string;
}

class EveryField {
  @TextField({ optional: true, min: 2, max: 4, pattern: /^[a-z]+$/, patternMessage: 'must be lower case' })
  text?: string;

  @TextField({ optional: true, min: 0, max: 4, trim: true, lowercase: true })
  folded?: string;

  @NameField({ optional: true, max: 10 })
  name?: string;

  @EmailField({ optional: true })
  email?: string;

  @TextListField({ optional: true, max: 3, minItems: 1, maxItems: 2 })
  texts?: string[];

  @EnumField(['a', 'b'], { optional: true })
  choice?: string;

  @EnumListField(['a', 'b'], { optional: true })
  choices?: string[];

  @TimestampField({ optional: true })
  at?: Date;

  @IdField({ optional: true })
  id?: string;

  @BooleanField({ optional: true })
  flag?: boolean;

  @IntegerField({ optional: true, min: 1, max: 5 })
  integer?: number;

  @QueryIntegerField({ min: 1, max: 5 })
  limit?: number;

  @JsonObjectField({ optional: true, maxBytes: 30 })
  json?: object;

  @ObjectField(() => Address, { optional: true })
  address?: Address;

  @ObjectListField(() => Address, { optional: true, maxItems: 2 })
  addresses?: Address[];
}

const ID = '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11';

describe('the request pipe', () => {
  it('returns an instance of the request class', () => {
    const request = transform(EveryField, { text: 'abc', address: { city: 'Rome' } });
    expect(request).toBeInstanceOf(EveryField);
    expect(request.address).toBeInstanceOf(Address);
  });

  it('passes values without a request class on', () => {
    for (const metatype of [String, Number, Boolean, Object, Array, undefined])
      expect(pipe.transform('7', { type: 'query', metatype } as ArgumentMetadata)).toBe('7');
    expect(pipe.transform('7', { type: 'custom', metatype: EveryField })).toBe('7');
  });

  it('takes a missing body as an empty one', () => {
    expect(transform(EveryField, undefined)).toEqual(new EveryField());
    expect(transform(EveryField, null)).toEqual(new EveryField());
  });

  it.each([[[]], [[{}]], ['text'], [7], [true]])('refuses the body %j', (body) => {
    expect(errorsOf(EveryField, body)).toEqual([': object']);
  });

  it('refuses unknown fields, also in nested objects', () => {
    const body = {
      texts: ['a'],
      extra: 1,
      address: { city: 'Rome', zip: 1 },
      addresses: [{ city: 'Oslo', x: 1 }],
    };
    expect(errorsOf(EveryField, body).sort()).toEqual([
      'address.zip: unknown_field',
      'addresses.0.x: unknown_field',
      'extra: unknown_field',
    ]);
  });

  it('refuses reserved names before anything reads them', () => {
    expect(errorsOf(EveryField, JSON.parse('{"__proto__":{"text":1}}'))).toEqual([
      '__proto__: reserved_name',
    ]);
  });

  it('reports at most 20 errors', () => {
    const body = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`unknown${index}`, 1]));
    expect(errorsOf(EveryField, body)).toHaveLength(20);
  });

  it('shortens long paths', () => {
    const [error] = fieldErrorsOf(EveryField, { ['x'.repeat(500)]: 1 });
    expect(error?.path).toBe(`${'x'.repeat(120)}…`);
  });

  it('finds reserved names in a free-form object', () => {
    expect(errorsOf(EveryField, JSON.parse('{"json":{"constructor":1}}'))).toEqual([
      'json.constructor: reserved_name',
    ]);
  });

  it('reports every invalid field, each with the first rule that it breaks', () => {
    expect(errorsOf(EveryField, { text: 7, flag: 'yes', integer: 9 })).toEqual([
      'text: string',
      'flag: boolean',
      'integer: range',
    ]);
  });

  it('never repeats the value of an invalid field', () => {
    expect(JSON.stringify(fieldErrorsOf(EveryField, { text: 'SECRET VALUE' }))).not.toContain('SECRET');
  });

  it.each<[string, string, unknown, string]>([
    ['text', 'a text that is too short', 'a', 'text: min_length'],
    ['text', 'a text that is too long', 'abcde', 'text: max_length'],
    ['text', 'a text outside the pattern', 'ABC', 'text: pattern'],
    ['text', 'a text with NUL', 'a\0', 'text: well_formed'],
    ['name', 'a name in two lines', 'a\nb', 'name: one_line'],
    ['name', 'an invisible name', '\u200b', 'name: visible'],
    ['name', 'an empty name', '   ', 'name: min_length'],
    ['email', 'a text that is not an address', 'ada', 'email: email'],
    ['email', 'an address that is too long', `${'a'.repeat(250)}@x.org`, 'email: max_length'],
    ['texts', 'a text instead of a list', 'a', 'texts: list'],
    ['texts', 'an empty list', [], 'texts: list_size'],
    ['texts', 'a list that is too long', ['a', 'b', 'c'], 'texts: list_size'],
    ['texts', 'a repeated item', ['a', 'a'], 'texts: distinct'],
    ['texts', 'an item of another type', ['a', 1], 'texts: string'],
    ['texts', 'an item that is too long', ['abcd'], 'texts: max_length'],
    ['choice', 'a value outside the set', 'c', 'choice: choice'],
    ['choice', 'a value of another type', 1, 'choice: string'],
    ['choices', 'an empty list of values', [], 'choices: list_size'],
    ['choices', 'a list with another value', ['a', 'c'], 'choices: choice'],
    ['choices', 'a repeated value', ['a', 'a'], 'choices: distinct'],
    ['at', 'a local time', '2026-04-16T10:00:03', 'at: instant'],
    ['at', 'a number', 1_776_333_603, 'at: instant'],
    ['id', 'a malformed id', 'x', 'id: uuid'],
    ['flag', 'a text for a boolean', 'true', 'flag: boolean'],
    ['integer', 'a fraction', 1.5, 'integer: integer'],
    ['integer', 'a text for a number', '3', 'integer: integer'],
    ['integer', 'a number below the range', 0, 'integer: range'],
    ['limit', 'a signed number in a query', '+3', 'limit: integer'],
    ['limit', 'an empty number in a query', '', 'limit: integer'],
    ['limit', 'a huge number in a query', '9'.repeat(400), 'limit: integer'],
    ['json', 'a list for an object', [], 'json: object'],
    ['json', 'an object that is too large', { a: 'x'.repeat(30) }, 'json: max_size'],
    ['json', 'NUL in a nested text', { a: [{ b: '\0' }] }, 'json: well_formed'],
    ['json', 'NUL in a name', { 'a\0': 1 }, 'json: well_formed'],
    ['address', 'a text for an object', 'Rome', 'address: object'],
    ['address', 'null without permission', null, 'address: not_null'],
    ['addresses', 'an object for a list', { city: 'Rome' }, 'addresses: list'],
    ['addresses', 'a list that is too long', [{}, {}, {}], 'addresses: list_size'],
    ['flag', 'null without permission', null, 'flag: not_null'],
  ])('refuses in %s %s', (field, _what, value, expected) => {
    expect(errorsOf(EveryField, { [field]: value })[0]).toBe(expected);
  });

  it('names invalid fields of nested objects by their path', () => {
    const body = { address: { city: 'Valparaiso' }, addresses: [{ city: 'Rome' }, { city: 7 }] };
    expect(errorsOf(EveryField, body)).toEqual(['address.city: max_length', 'addresses.1.city: string']);
    expect(errorsOf(EveryField, { address: {} })).toEqual(['address.city: required']);
  });

  it.each<[string, unknown, unknown]>([
    ['folded', '  ÄB ', 'äb'],
    ['folded', '   ', ''],
    ['name', '  Ada  ', 'Ada'],
    ['email', ' Ada@Example.COM ', 'ada@example.com'],
    ['email', 'a.d.a+x@example.com', 'a.d.a+x@example.com'],
    ['at', '2026-04-16T12:00:03+02:00', new Date('2026-04-16T10:00:03Z')],
    ['limit', '5', 5],
    ['limit', '001', 1],
    ['id', ID.toUpperCase(), ID.toUpperCase()],
    ['json', { a: null, b: [1, 'ä'] }, { a: null, b: [1, 'ä'] }],
    ['json', {}, {}],
    ['choices', ['b', 'a'], ['b', 'a']],
    ['addresses', [], []],
  ])('converts %s from %j to %j', (field, value, expected) => {
    expect(transform(EveryField, { [field]: value })).toMatchObject({ [field]: expected });
  });
});

describe('a field', () => {
  class Required {
    @TextField({ max: 5 })
    text!: string;

    @ObjectField(() => Address)
    address!: Address;
  }

  class Nullable {
    @TextField({ nullable: true, max: 5 })
    text!: string | null;

    @ObjectField(() => Address, { optional: true, nullable: true })
    address?: Address | null;
  }

  class WithDefault {
    @TextField({ optional: true, min: 0, max: 5 })
    text = 'abc';
  }

  class Inherited extends Required {
    @TextField({ optional: true, max: 2 })
    declare text: string;
  }

  it('is required unless it is optional', () => {
    expect(errorsOf(Required, {})).toEqual(['text: required', 'address: required']);
  });

  it('may be null only when it is nullable, which does not make it optional', () => {
    expect(errorsOf(Required, { text: null, address: { city: 'Rome' } })).toEqual(['text: not_null']);
    expect(transform(Nullable, { text: null, address: null })).toEqual({ text: null, address: null });
    expect(errorsOf(Nullable, {})).toEqual(['text: required']);
  });

  it('keeps its default only when it is absent', () => {
    expect(transform(WithDefault, {}).text).toBe('abc');
    expect(transform(WithDefault, { text: '' }).text).toBe('');
    expect(errorsOf(WithDefault, { text: null })).toEqual(['text: not_null']);
  });

  it('of a subclass replaces the field of its parent', () => {
    expect(errorsOf(Inherited, { address: { city: 'Rome' } })).toEqual([]);
    expect(errorsOf(Inherited, { text: 'abc', address: { city: 'Rome' } })).toEqual(['text: max_length']);
    expect(errorsOf(Inherited, { text: 'ab' })).toEqual(['address: required']);
    expect(errorsOf(Required, { text: 'abcd', address: { city: 'Rome' } })).toEqual([]);
  });
});
