import type { Type } from '@nestjs/common';
import type { ErrorFactory } from '../errors/index.js';

export interface OperationOptions {
  summary: string;
  description?: string;
  status?: 200 | 201 | 202 | 204;
  /** The class of the answer, `[Class]` for a list, or one of several. */
  response?: Type | [Type] | { oneOf: Type[] } | { file: string | string[] };
  errors?: ErrorFactory[];
  /** A create-type POST: honours `Idempotency-Key`. `by itself`: finds what the key began on its own, see `IdempotencyKey`. */
  idempotent?: boolean | 'self-managed';
  /** The answer may also be, or only is, an event stream. */
  eventStream?: 'optional' | 'only';
  consumes?: 'form';
}

export const OPERATION_METADATA = Symbol('operation');

/** What `@Operation` declared of a handler. */
export function getOperationOptions(handler: object): OperationOptions | undefined {
  return Reflect.getMetadata(OPERATION_METADATA, handler) as OperationOptions | undefined;
}
