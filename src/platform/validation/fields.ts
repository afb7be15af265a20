import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, isEmail, ValidateBy, ValidateIf } from 'class-validator';
import { isId } from '../kernel/ids.js';
import { parseInstant } from '../kernel/timestamps.js';
import { ApiProperty } from '../openapi/lazy-decorators.js';
import * as checks from './field-rules.js';
import type { Check } from './field-rules.js';

/** What every field has, whatever its type. Absent is allowed with `optional`, null with `nullable`. */
export interface FieldOptions {
  optional?: boolean;
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

const PRESENT: Check = checks.that<unknown>('required', 'is required', (value) => value !== undefined);
const NOT_NULL: Check = checks.that<unknown>('not_null', 'must not be null', (value) => value !== null);

/** Separates the rule from the message inside class-validator's one string. */
export const RULE_END = '\u0001';

/** One declaration for validation, transformation and the API reference. */
export function field(rules: Check[], options: FieldOptions, schema: ApiPropertyOptions): PropertyDecorator {
  const { optional, nullable, description, example } = options;
  const all = [PRESENT, NOT_NULL, ...rules];
  const broken = (value: unknown): Check | undefined => all.find((rule) => !rule.test(value as never));
  const documented = {
    description,
    example,
    required: !optional,
    nullable: nullable || undefined,
    ...schema,
  };
  return applyDecorators(
    ValidateIf((_, value) => !(optional && value === undefined) && !(nullable && value === null)),
    ValidateBy({
      name: 'field',
      validator: {
        validate: (value) => broken(value) === undefined,
        defaultMessage: (args) => {
          const rule = broken(args?.value);
          return `${rule?.rule}${RULE_END}${rule?.message}`;
        },
      },
    }),
    ApiProperty(documented as ApiPropertyOptions),
  );
}

export interface TextOptions extends FieldOptions {
  min?: number;
  max: number;
  pattern?: RegExp;
  patternMessage?: string;
  trim?: boolean;
  lowercase?: boolean;
  format?: string;
  also?: Check[];
}

export function Text(options: TextOptions): PropertyDecorator {
  const {
    min = 1,
    max,
    pattern,
    patternMessage = 'has characters that are not allowed',
    also = [],
  } = options;
  const rules = [checks.isString, checks.isWellFormed, checks.atLeast(min), checks.atMost(max)];
  if (pattern) rules.push(checks.matches(pattern, patternMessage));
  return applyDecorators(
    tidy(options),
    field([...rules, ...also], options, {
      type: String,
      minLength: min || undefined,
      maxLength: max,
      pattern: pattern?.source,
      format: options.format,
    }),
  );
}

/** A name that others read: one visible line, trimmed. */
export function Name(options: TextOptions): PropertyDecorator {
  return Text({
    ...options,
    trim: true,
    also: [checks.isOneLine, checks.isVisible, ...(options.also ?? [])],
  });
}

/** An e-mail address, trimmed and lower-cased; nothing else is folded. */
export function EmailAddress(options: FieldOptions = {}): PropertyDecorator {
  return Text({
    example: 'ada@example.com',
    ...options,
    max: 254,
    trim: true,
    lowercase: true,
    format: 'email',
    also: [checks.that<string>('email', 'must be an e-mail address', (value) => isEmail(value))],
  });
}

/** A list of distinct texts, each under the same rules; absent is not empty. */
export function Texts(options: TextOptions & { least?: number; most: number }): PropertyDecorator {
  const { min = 1, max, least = 0, most, also = [] } = options;
  const each = [checks.isString, checks.isWellFormed, checks.atLeast(min), checks.atMost(max), ...also];
  return field(
    [checks.isList, checks.holds(least, most), ...each.map(checks.every), checks.isDistinct],
    options,
    {
      type: 'array',
      items: { type: 'string', minLength: min, maxLength: max },
      minItems: least || undefined,
      maxItems: most,
      uniqueItems: true,
    },
  );
}

/** A list of distinct values out of a given set, at least one. */
export function Choices(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const rules = [checks.isList, checks.holds(1, values.length), checks.every(checks.oneOf(values))];
  return field([...rules, checks.isDistinct], options, {
    type: 'array',
    items: { type: 'string', enum: [...values] },
    minItems: 1,
    uniqueItems: true,
  });
}

/** An instant, as ISO-8601 with an offset; arrives as a Date. */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  const parse = (value: unknown): unknown =>
    typeof value === 'string' ? (parseInstant(value) ?? value) : value;
  const valid = checks.that<unknown>(
    'instant',
    'must be an instant such as 2026-04-16T10:00:03Z',
    (value) => value instanceof Date,
  );
  const example = '2027-01-01T00:00:00.000Z';
  return applyDecorators(
    Transform(({ value }) => parse(value)),
    field([valid], { example, ...options }, { type: String, format: 'date-time' }),
  );
}

/** The id of something else. */
export function Identifier(options: FieldOptions = {}): PropertyDecorator {
  const wellFormed = checks.that<string>('uuid', 'must be an id', isId);
  return field([checks.isString, wellFormed], options, { type: String, format: 'uuid' });
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field([checks.isBoolean], options, { type: Boolean });
}

export function Choice(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field([checks.isString, checks.oneOf(values)], options, { type: String, enum: [...values] });
}

export function WholeNumber(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return field([checks.isWholeNumber, checks.between(options.min, options.max)], options, {
    type: 'integer',
    minimum: options.min,
    maximum: options.max,
  });
}

/** A whole number in a query string, where everything arrives as text. */
export function QueryNumber(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const parse = (value: unknown): unknown =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? +value : value;
  return applyDecorators(
    Transform(({ value }) => parse(value)),
    WholeNumber({ optional: true, ...options }),
  );
}

/** A free-form JSON object, bounded in size. */
export function FreeForm({ maxBytes, ...options }: FieldOptions & { maxBytes: number }): PropertyDecorator {
  const fits = checks.that<object>('max_size', `must have at most ${maxBytes} bytes as JSON`, (value) => {
    const json = JSON.stringify(value);
    return Buffer.byteLength(json) <= maxBytes;
  });
  const clean = checks.that<object>('well_formed', checks.isWellFormed.message, everyStringIsWellFormed);
  return field([checks.isObject, fits, clean], options, { type: 'object', additionalProperties: true });
}

function everyStringIsWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return checks.isWellFormed.test(value as never);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(everyStringIsWellFormed));
}

/** A documented field of the resource that this request cannot change: accepted when it equals the present value. */
export function ReadOnly(): PropertyDecorator {
  return (target, property) => {
    const own = (Reflect.getMetadata(READ_ONLY, target) as PropertyKey[] | undefined) ?? [];
    Reflect.defineMetadata(READ_ONLY, [...own, property], target);
    Allow()(target, property);
    ApiProperty({
      required: false,
      readOnly: true,
      description: 'Only the present value is accepted.',
    } as ApiPropertyOptions)(target, property as string);
  };
}

const READ_ONLY = Symbol('read-only fields');

/** The names marked `@ReadOnly()` on a request class. */
export function readOnlyFieldsOf(request: object): string[] {
  return ((Reflect.getMetadata(READ_ONLY, request) as PropertyKey[] | undefined) ?? []).map(String);
}

function tidy({ trim, lowercase }: TextOptions): PropertyDecorator {
  return Transform(({ value }) => {
    if (typeof value !== 'string') return value as unknown;
    const trimmed = trim ? value.trim() : value;
    return lowercase ? trimmed.toLowerCase() : trimmed;
  });
}
