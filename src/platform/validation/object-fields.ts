import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ValidateIf, ValidateNested } from 'class-validator';
import { lazyType } from '../openapi/response-fields.js';
import * as checks from './field-rules.js';
import { type FieldOptions, isAllowedToBeMissing, validatedField } from './validated-field.js';

/** An object of a request class. */
export function ObjectField(type: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    Type(type),
    skipWhenMissing(options),
    ValidateNested(),
    validatedField([checks.isObject], options, { type: lazyType(type) }, { kind: 'object', type }),
  );
}

/** A list of objects of a request class. */
export function ObjectListField(
  type: () => new () => object,
  { maxItems, ...options }: FieldOptions & { maxItems: number },
): PropertyDecorator {
  return applyDecorators(
    Type(type),
    skipWhenMissing(options),
    ValidateNested({ each: true }),
    validatedField(
      [checks.isArray, checks.itemCount(0, maxItems), checks.everyItem(checks.isObject)],
      options,
      {
        type: lazyType(type),
        isArray: true,
        maxItems,
      },
      { kind: 'objectList', type, maxItems },
    ),
  );
}

/** Skips the validation of the object: class-validator would report null as an invalid object. */
function skipWhenMissing(options: FieldOptions): PropertyDecorator {
  return ValidateIf((_, value) => !isAllowedToBeMissing(options, value));
}

/** A free-form JSON object of limited size. */
export function JsonObjectField({
  maxBytes,
  ...options
}: FieldOptions & { maxBytes: number }): PropertyDecorator {
  const hasAllowedSize = checks.customRule<object>(
    'max_size',
    `must have at most ${maxBytes} bytes as JSON`,
    (value) => Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
  );
  const isWellFormed = checks.customRule<object>(
    'well_formed',
    checks.isWellFormed.message,
    everyStringIsWellFormed,
  );
  return validatedField(
    [checks.isObject, hasAllowedSize, isWellFormed],
    options,
    { type: 'object', additionalProperties: true },
    { kind: 'json', maxBytes },
  );
}

/**
 * A value of one of several forms, such as a text or a list of objects. `rules` check it, and `schema` documents it. The size
 * is that of the body, so the rules must take time in proportion to the value.
 */
export function UnionField(
  rules: checks.FieldRule[],
  { schema, ...options }: FieldOptions & { schema: ApiPropertyOptions },
): PropertyDecorator {
  const isWellFormed = checks.customRule<unknown>(
    'well_formed',
    checks.isWellFormed.message,
    everyStringIsWellFormed,
  );
  return validatedField([...rules, isWellFormed], options, schema, { kind: 'union' });
}

function everyStringIsWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return checks.isWellFormed.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every((entry) => entry.every(everyStringIsWellFormed));
}
