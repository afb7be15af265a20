import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isId } from '../kernel/ids.js';
import { parseTimestamp } from '../kernel/timestamps.js';
import * as checks from './field-rules.js';
import { exampleIfRequired, type FieldOptions, validatedField } from './validated-field.js';

/** A list of at least one distinct value of a given set. */
export function EnumListField(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const rules = [checks.isArray, checks.itemCount(1, values.length), checks.everyItem(checks.oneOf(values))];
  return validatedField(
    [...rules, checks.hasDistinctItems],
    options,
    { type: 'array', items: { type: 'string', enum: [...values] }, minItems: 1, uniqueItems: true },
    { kind: 'list', maxItems: values.length },
  );
}

/** A timestamp in ISO-8601 with an offset. The request class gets a `Date`. */
export function TimestampField(options: FieldOptions = {}): PropertyDecorator {
  const parse = (value: unknown): unknown =>
    typeof value === 'string' ? (parseTimestamp(value) ?? value) : value;
  const isTimestamp = checks.customRule<unknown>(
    'instant',
    'must be a timestamp such as 2026-04-16T10:00:03Z',
    (value) => value instanceof Date,
  );
  return applyDecorators(
    Transform(({ value }) => parse(value)),
    validatedField(
      [isTimestamp],
      { ...exampleIfRequired(options, '2036-01-01T00:00:00.000Z'), ...options },
      { type: String, format: 'date-time' },
    ),
  );
}

/** A UUID. */
export function IdField(options: FieldOptions = {}): PropertyDecorator {
  const isUuid = checks.customRule<string>('uuid', 'must be an id', isId);
  const example = exampleIfRequired(options, '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11');
  return validatedField(
    [checks.isString, isUuid],
    { ...example, ...options },
    { type: String, format: 'uuid' },
  );
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

/** A whole number in a query string. */
export function QueryIntegerField(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const parse = (value: unknown): unknown =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? +value : value;
  return applyDecorators(
    Transform(({ value }) => parse(value)),
    IntegerField({ optional: true, ...options }),
  );
}

export function NumberField(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return validatedField([checks.isNumber, checks.between(options.min, options.max)], options, {
    type: 'number',
    minimum: options.min,
    maximum: options.max,
  });
}
