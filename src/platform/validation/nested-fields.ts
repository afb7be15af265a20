import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { lazyType } from '../openapi/response-fields.js';
import * as checks from './field-rules.js';
import { validatedField, type FieldOptions } from './fields.js';

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
