import { isDeepStrictEqual } from 'node:util';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { platformErrors } from '../errors/index.js';
import { ApiProperty } from '../openapi/lazy-decorators.js';
import { declareField } from './request-shape.js';

/** A field of the resource that this request cannot change. Only its current value is accepted. */
export function ReadOnlyField(): PropertyDecorator {
  return (target, property) => {
    const existing = (Reflect.getMetadata(READ_ONLY_METADATA, target) as PropertyKey[] | undefined) ?? [];
    Reflect.defineMetadata(READ_ONLY_METADATA, [...existing, property], target);
    Allow()(target, property);
    declareField({ kind: 'readOnly' })(target, property);
    ApiProperty({
      required: false,
      readOnly: true,
      description: 'Read-only: only the current value is accepted.',
    } as ApiPropertyOptions)(target, property as string);
  };
}

/** A field of a response that clients send back. Its value is ignored. */
export function IgnoredField(): PropertyDecorator {
  return (target, property) => {
    declareField({ kind: 'ignored' })(target, property);
    const schema = { required: false, description: 'Ignored.', 'x-ignored': true };
    ApiProperty(schema as ApiPropertyOptions)(target, property as string);
  };
}

const READ_ONLY_METADATA = Symbol('read-only fields');

/** Returns the names of the `@ReadOnlyField()` fields of a request. */
function getReadOnlyFields(request: object): string[] {
  return ((Reflect.getMetadata(READ_ONLY_METADATA, request) as PropertyKey[] | undefined) ?? []).map(String);
}

/** Throws 400 `field_read_only` when the request changes a `@ReadOnlyField()`. `current` is the response of the resource. */
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
