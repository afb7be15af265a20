import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
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
