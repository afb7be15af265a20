import { isDeepStrictEqual } from 'node:util';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { platformErrors } from '../errors/index.js';
import { ApiProperty } from '../openapi/lazy-decorators.js';

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
function getReadOnlyFields(request: object): string[] {
  return ((Reflect.getMetadata(READ_ONLY_METADATA, request) as PropertyKey[] | undefined) ?? []).map(String);
}

/** Refuses a request that would change a `@ReadOnly()` field; `present` is the resource as clients see it. */
export function assertUnchanged(request: object, current: object): void {
  const requestedValues = request as Record<string, unknown>;
  const currentValues = JSON.parse(JSON.stringify(current)) as Record<string, unknown>;
  for (const field of getReadOnlyFields(request)) {
    if (
      requestedValues[field] === undefined ||
      isDeepStrictEqual(requestedValues[field], currentValues[field])
    )
      continue;
    throw platformErrors.field_read_only({ data: { field } });
  }
}
