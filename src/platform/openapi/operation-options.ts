import type { Type } from '@nestjs/common';
import type { ErrorData, ErrorFactory } from '../errors/index.js';

export interface OperationOptions {
  summary: string;
  description?: string;
  status?: 200 | 201 | 202 | 204;
  /** Class of the response; `[Class]` for a list. */
  response?: Type | [Type] | { oneOf: Type[] } | { file: string | string[] };
  errors?: ErrorFactory[];
  /** Example of the further fields of `detail`, by error code, for errors with other fields in this operation. */
  facts?: Record<string, ErrorData>;
  /**
   * True: the interceptor replays the response of a repeated `Idempotency-Key`. `in-transaction`: the same for an operation
   * that is one transaction or statement and does nothing slow before it. `self-managed`: the operation itself looks up
   * the result of the key; see `IdempotencyKey`.
   */
  idempotent?: boolean | 'in-transaction' | 'self-managed';
  /** `optional`: clients can request an event stream instead of JSON. `only`: the response is an event stream. */
  eventStream?: 'optional' | 'only';
  /** Classes of the data of the events, for an operation with an event stream. */
  events?: Type[];
  /** A body is required although each of its fields is optional, because the operation needs one of them. */
  bodyRequired?: true;
  consumes?: 'form';
  /** Errors have also the fields of OAuth 2.0, `error` and `error_description`. */
  oauth?: true;
}

export const OPERATION_METADATA = Symbol('operation');

/** Returns the options of `@Operation` of a handler. */
export function getOperationOptions(handler: object): OperationOptions | undefined {
  return Reflect.getMetadata(OPERATION_METADATA, handler) as OperationOptions | undefined;
}
