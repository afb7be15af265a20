import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { lazyType } from '../openapi/response-fields.js';
import * as checks from './field-rules.js';
import { type FieldOptions, validatedField } from './validated-field.js';

export function ObjectField(type: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    Type(type),
    ValidateNested(),
    validatedField([checks.isObject], options, { type: lazyType(type) as never }),
  );
}

/** A list of objects, each under its own rules. */
export function ObjectListField(
  type: () => new () => object,
  { maxItems, ...options }: FieldOptions & { maxItems: number },
): PropertyDecorator {
  return applyDecorators(
    Type(type),
    ValidateNested({ each: true }),
    validatedField(
      [checks.isArray, checks.itemCount(0, maxItems), checks.everyItem(checks.isObject)],
      options,
      {
        type: lazyType(type) as never,
        isArray: true,
        maxItems,
      },
    ),
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
