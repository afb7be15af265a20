import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import * as checks from './field-rules.js';
import type { FieldRule } from './field-rules.js';
import { exampleIfRequired, type FieldOptions, validatedField } from './validated-field.js';

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
      minLength: (options.hint ? 0 : min) || undefined,
      maxLength: max,
      pattern: pattern?.source,
      format: options.format,
    }),
  );
}

/** A name: one line with at least one visible character, trimmed. */
export function NameField(options: TextFieldOptions): PropertyDecorator {
  return TextField({
    ...options,
    trim: true,
    rules: [checks.isOneLine, checks.isVisible, ...(options.rules ?? [])],
  });
}

/** An e-mail address, trimmed and in lower case. No other normalization, such as the removal of dots. */
export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  return TextField({
    ...exampleIfRequired(options, 'ada@example.com'),
    ...options,
    max: 254,
    trim: true,
    lowercase: true,
    format: 'email',
    rules: [checks.isEmailAddress],
  });
}

/** A list of distinct texts with the same rules. */
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
    { kind: 'list', maxItems },
  );
}

function normalizeText({ trim, lowercase }: TextFieldOptions): PropertyDecorator {
  return Transform(({ value }) => {
    if (typeof value !== 'string') return value as unknown;
    const trimmed = trim ? value.trim() : value;
    return lowercase ? trimmed.toLowerCase() : trimmed;
  });
}
