import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { ApiProperty } from '../openapi/lazy-decorators.js';
import { customRule, type FieldRule } from './field-rules.js';
import { declareField, type FieldShape } from './request-shape.js';

/** Options of every kind of field. A field may be absent with `optional`, and null with `nullable`. */
export interface FieldOptions {
  optional?: boolean;
  nullable?: boolean;
  /** The field is a hint: the empty text counts as absent. */
  hint?: boolean;
  description?: string;
  example?: unknown;
}

const IS_PRESENT = customRule<unknown>('required', 'is required', (value) => value !== undefined);
const IS_NOT_NULL = customRule<unknown>('not_null', 'must not be null', (value) => value !== null);

/**
 * Returns the default example of a required field. An optional field has none: the example of a request contains every field with
 * an example, and has to work without changes.
 */
export function exampleIfRequired({ optional }: FieldOptions, example: unknown): FieldOptions {
  return optional ? {} : { example };
}

/** Separates the rule from the message in the one text that class-validator reports. */
const RULE_SEPARATOR = '\u0001';

/** Returns whether the value is missing and the field allows that: absent or null. */
export function isAllowedToBeMissing({ optional, nullable }: FieldOptions, value: unknown): boolean {
  return (value === undefined && optional === true) || (value === null && nullable === true);
}

/**
 * Declares validation and API reference of a field. The first broken rule is reported, so a rule can rely on the rules
 * before it. All rules are one validator of class-validator: its time for a request grows with the number of validators.
 */
export function validatedField(
  rules: FieldRule[],
  options: FieldOptions,
  schema: ApiPropertyOptions,
  shape: FieldShape = { kind: 'scalar', emptyIsAbsent: options.hint },
): PropertyDecorator {
  const allRules = [IS_PRESENT, IS_NOT_NULL, ...rules];
  const findBrokenRule = (value: unknown): FieldRule | undefined =>
    isAllowedToBeMissing(options, value) ? undefined : allRules.find((rule) => !rule.test(value));
  const keepsRules = (value: unknown): boolean => findBrokenRule(value) === undefined;
  const { optional, nullable, description, example } = options;
  const schemaOptions = {
    description,
    example,
    required: !optional,
    nullable: nullable || undefined,
    ...schema,
  };
  return applyDecorators(
    declareField(shape, keepsRules),
    ValidateBy({
      name: 'field',
      validator: {
        validate: keepsRules,
        defaultMessage: (args) => {
          const rule = findBrokenRule(args?.value);
          return `${rule?.name}${RULE_SEPARATOR}${rule?.message}`;
        },
      },
    }),
    ApiProperty(schemaOptions as ApiPropertyOptions),
  );
}

/** Returns the rule and the message that a validated field reported to class-validator. */
export function parseRuleMessage(name: string, text: string): { rule: string; message: string } {
  const [rule = name, message = text] = text.split(RULE_SEPARATOR);
  return { rule, message };
}
