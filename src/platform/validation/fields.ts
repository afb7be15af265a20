import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, isEmail, ValidateBy, ValidateIf } from 'class-validator';
import { isId } from '../kernel/ids.js';
import { parseTimestamp } from '../kernel/timestamps.js';
import { ApiProperty } from '../openapi/lazy-decorators.js';
import * as checks from './field-rules.js';
import type { FieldRule } from './field-rules.js';

/** What every field has, whatever its type. Absent is allowed with `optional`, null with `nullable`. */
export interface FieldOptions {
  optional?: boolean;
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

const IS_PRESENT: FieldRule = checks.customRule<unknown>(
  'required',
  'is required',
  (value) => value !== undefined,
);
const IS_NOT_NULL: FieldRule = checks.customRule<unknown>(
  'not_null',
  'must not be null',
  (value) => value !== null,
);

/** Separates the rule from the message inside class-validator's one string. */
export const RULE_SEPARATOR = '\u0001';

/** One declaration for validation, transformation and the API reference. */
export function validatedField(
  rules: FieldRule[],
  options: FieldOptions,
  schema: ApiPropertyOptions,
): PropertyDecorator {
  const { optional, nullable, description, example } = options;
  const allRules = [IS_PRESENT, IS_NOT_NULL, ...rules];
  const findBrokenRule = (value: unknown): FieldRule | undefined =>
    allRules.find((rule) => !rule.test(value as never));
  const schemaOptions = {
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
        validate: (value) => findBrokenRule(value) === undefined,
        defaultMessage: (args) => {
          const rule = findBrokenRule(args?.value);
          return `${rule?.name}${RULE_SEPARATOR}${rule?.message}`;
        },
      },
    }),
    ApiProperty(schemaOptions as ApiPropertyOptions),
  );
}

export interface TextFieldOptions extends FieldOptions {
  min?: number;
  max: number;
  pattern?: RegExp;
  patternMessage?: string;
  trim?: boolean;
  lowercase?: boolean;
  format?: string;
  rules?: FieldRule[];
}

export function TextField(options: TextFieldOptions): PropertyDecorator {
  const {
    min = 1,
    max,
    pattern,
    patternMessage = 'has characters that are not allowed',
    rules: extraRules = [],
  } = options;
  const rules = [checks.isString, checks.isWellFormed, checks.minLength(min), checks.maxLength(max)];
  if (pattern) rules.push(checks.matches(pattern, patternMessage));
  return applyDecorators(
    normalizeText(options),
    validatedField([...rules, ...extraRules], options, {
      type: String,
      minLength: min || undefined,
      maxLength: max,
      pattern: pattern?.source,
      format: options.format,
    }),
  );
}

/** A name that others read: one visible line, trimmed. */
export function NameField(options: TextFieldOptions): PropertyDecorator {
  return TextField({
    ...options,
    trim: true,
    rules: [checks.isOneLine, checks.isVisible, ...(options.rules ?? [])],
  });
}

/** An e-mail address, trimmed and lower-cased; nothing else is folded. */
export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  return TextField({
    example: 'ada@example.com',
    ...options,
    max: 254,
    trim: true,
    lowercase: true,
    format: 'email',
    rules: [checks.customRule<string>('email', 'must be an e-mail address', (value) => isEmail(value))],
  });
}

/** A list of distinct texts, each under the same rules; absent is not empty. */
export function TextListField(
  options: TextFieldOptions & { minItems?: number; maxItems: number },
): PropertyDecorator {
  const { min = 1, max, minItems = 0, maxItems, rules: extraRules = [] } = options;
  const itemRules = [
    checks.isString,
    checks.isWellFormed,
    checks.minLength(min),
    checks.maxLength(max),
    ...extraRules,
  ];
  return validatedField(
    [
      checks.isArray,
      checks.itemCount(minItems, maxItems),
      ...itemRules.map(checks.everyItem),
      checks.hasDistinctItems,
    ],
    options,
    {
      type: 'array',
      items: { type: 'string', minLength: min, maxLength: max },
      minItems: minItems || undefined,
      maxItems,
      uniqueItems: true,
    },
  );
}

/** A list of distinct values out of a given set, at least one. */
export function EnumListField(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const rules = [checks.isArray, checks.itemCount(1, values.length), checks.everyItem(checks.oneOf(values))];
  return validatedField([...rules, checks.hasDistinctItems], options, {
    type: 'array',
    items: { type: 'string', enum: [...values] },
    minItems: 1,
    uniqueItems: true,
  });
}

/** An instant, as ISO-8601 with an offset; arrives as a Date. */
export function TimestampField(options: FieldOptions = {}): PropertyDecorator {
  const parse = (value: unknown): unknown =>
    typeof value === 'string' ? (parseTimestamp(value) ?? value) : value;
  const isTimestamp = checks.customRule<unknown>(
    'instant',
    'must be an instant such as 2026-04-16T10:00:03Z',
    (value) => value instanceof Date,
  );
  const example = '2027-01-01T00:00:00.000Z';
  return applyDecorators(
    Transform(({ value }) => parse(value)),
    validatedField([isTimestamp], { example, ...options }, { type: String, format: 'date-time' }),
  );
}

/** The id of something else. */
export function IdField(options: FieldOptions = {}): PropertyDecorator {
  const isUuid = checks.customRule<string>('uuid', 'must be an id', isId);
  return validatedField([checks.isString, isUuid], options, { type: String, format: 'uuid' });
}

export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return validatedField([checks.isBoolean], options, { type: Boolean });
}

export function EnumField(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return validatedField([checks.isString, checks.oneOf(values)], options, {
    type: String,
    enum: [...values],
  });
}

export function IntegerField(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return validatedField([checks.isInteger, checks.between(options.min, options.max)], options, {
    type: 'integer',
    minimum: options.min,
    maximum: options.max,
  });
}

/** A whole number in a query string, where everything arrives as text. */
export function QueryIntegerField(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const parse = (value: unknown): unknown =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? +value : value;
  return applyDecorators(
    Transform(({ value }) => parse(value)),
    IntegerField({ optional: true, ...options }),
  );
}

/** A free-form JSON object, bounded in size. */
export function JsonObjectField({
  maxBytes,
  ...options
}: FieldOptions & { maxBytes: number }): PropertyDecorator {
  const hasAllowedSize = checks.customRule<object>(
    'max_size',
    `must have at most ${maxBytes} bytes as JSON`,
    (value) => {
      const json = JSON.stringify(value);
      return Buffer.byteLength(json) <= maxBytes;
    },
  );
  const isWellFormed = checks.customRule<object>(
    'well_formed',
    checks.isWellFormed.message,
    everyStringIsWellFormed,
  );
  return validatedField([checks.isObject, hasAllowedSize, isWellFormed], options, {
    type: 'object',
    additionalProperties: true,
  });
}

function everyStringIsWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return checks.isWellFormed.test(value as never);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(everyStringIsWellFormed));
}

/** A documented field of the resource that this request cannot change: accepted when it equals the present value. */
export function ReadOnlyField(): PropertyDecorator {
  return (target, property) => {
    const existing = (Reflect.getMetadata(READ_ONLY_METADATA, target) as PropertyKey[] | undefined) ?? [];
    Reflect.defineMetadata(READ_ONLY_METADATA, [...existing, property], target);
    Allow()(target, property);
    ApiProperty({
      required: false,
      readOnly: true,
      description: 'Only the present value is accepted.',
    } as ApiPropertyOptions)(target, property as string);
  };
}

const READ_ONLY_METADATA = Symbol('read-only fields');

/** The names marked `@ReadOnly()` on a request class. */
export function getReadOnlyFields(request: object): string[] {
  return ((Reflect.getMetadata(READ_ONLY_METADATA, request) as PropertyKey[] | undefined) ?? []).map(String);
}

function normalizeText({ trim, lowercase }: TextFieldOptions): PropertyDecorator {
  return Transform(({ value }) => {
    if (typeof value !== 'string') return value as unknown;
    const trimmed = trim ? value.trim() : value;
    return lowercase ? trimmed.toLowerCase() : trimmed;
  });
}
