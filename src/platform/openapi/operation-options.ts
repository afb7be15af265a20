import type { Type } from '@nestjs/common';
import type { ErrorFactory } from '../errors/index.js';

export interface OperationOptions {
  summary: string;
  description?: string;
  status?: 200 | 201 | 202 | 204;
  /** The class of the answer, `[Class]` for a list, or one of several. */
  answers?: Type | [Type] | { oneOf: Type[] } | { file: string | string[] };
  errors?: ErrorFactory[];
  /** A create-type POST: honours `Idempotency-Key`. `by itself`: finds what the key began on its own, see `IdempotencyKey`. */
  idempotent?: boolean | 'by itself';
  /** The answer may also be, or only is, an event stream. */
  streams?: 'also' | 'only';
  consumes?: 'form';
}

export const OPERATION = Symbol('operation');

/** What `@Operation` declared of a handler. */
export function operationOf(handler: object): OperationOptions | undefined {
  return Reflect.getMetadata(OPERATION, handler) as OperationOptions | undefined;
}
