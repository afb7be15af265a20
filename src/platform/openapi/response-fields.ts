import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ApiProperty } from './lazy-decorators.js';

interface ResponseFieldOptions {
  nullable?: boolean;
  optional?: boolean;
  description?: string;
  format?: string;
  enum?: readonly string[];
}

type ResponseFieldType =
  'string' | 'boolean' | 'integer' | 'number' | 'object' | (() => new (...args: never[]) => object);

/** A documented field of a response. Responses are not validated. */
export function ResponseField(
  kind: ResponseFieldType,
  example?: unknown,
  options: ResponseFieldOptions = {},
): PropertyDecorator {
  const { nullable, optional, description, format, enum: values } = options;
  return ApiProperty({
    type: typeof kind === 'function' ? lazyType(kind) : kind,
    example,
    required: !optional,
    nullable: nullable || undefined,
    description,
    format,
    enum: values && [...values],
    ...(kind === 'object' ? { additionalProperties: true } : {}),
  } as ApiPropertyOptions);
}

/** A documented list of a response. */
export function ResponseListField(
  kind: ResponseFieldType,
  example?: unknown,
  description?: string,
): PropertyDecorator {
  const type = typeof kind === 'function' ? lazyType(kind) : kind;
  return ApiProperty({ type, isArray: true, example, description } as ApiPropertyOptions);
}

/** A timestamp of a response: ISO-8601 in UTC with milliseconds. */
export function ResponseTimestampField(options: ResponseFieldOptions = {}): PropertyDecorator {
  return ResponseField('string', '2026-04-16T10:00:03.120Z', { ...options, format: 'date-time' });
}

export function ResponseIdField(options: ResponseFieldOptions = {}): PropertyDecorator {
  return ResponseField('string', '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11', { ...options, format: 'uuid' });
}

/** Returns a function with the name `type`: @nestjs/swagger recognizes a lazy type by that name. */
export function lazyType<Class>(getClass: () => Class): () => Class {
  const type = (): Class => getClass();
  return type;
}
