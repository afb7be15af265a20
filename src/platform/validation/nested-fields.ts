import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { lazyType } from '../openapi/response-fields.js';
import * as checks from './field-rules.js';
import { field, type FieldOptions } from './fields.js';

export function Nested(type: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    Type(type),
    ValidateNested(),
    field([checks.isObject], options, { type: lazyType(type) as never }),
  );
}

/** A list of objects, each under its own rules. */
export function NestedList(
  type: () => new () => object,
  { most, ...options }: FieldOptions & { most: number },
): PropertyDecorator {
  return applyDecorators(
    Type(type),
    ValidateNested({ each: true }),
    field([checks.isList, checks.holds(0, most), checks.every(checks.isObject)], options, {
      type: lazyType(type) as never,
      isArray: true,
      maxItems: most,
    }),
  );
}
