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
  /** Fields of the response that are null when it is replayed for a repeated `Idempotency-Key`: secrets are not stored. */
  secretFields?: readonly string[];
  /** `optional`: clients can request an event stream instead of JSON. `only`: the response is an event stream. */
  eventStream?: 'optional' | 'only';
  /** Clients can request one table of the response as CSV. */
  csv?: true;
  /** Classes of the data of the events, for an operation with an event stream. */
  events?: Type[];
  /** A body is required although each of its fields is optional, because the operation needs one of them. */
  bodyRequired?: true;
  consumes?: 'form';
  /** A body of any form is accepted and not read. */
  ignoresBody?: true;
  /** The operation takes a file in a form (`multipart/form-data`) instead of JSON; see UploadInterceptor. */
  upload?: UploadOptions;
  /** The response is a WebSocket; a request without an upgrade is refused with 426. */
  webSocket?: true;
  /** Pages of every origin may ask whether they may call it: any CORS preflight is answered. */
  anyPreflight?: true;
  /** Maximum bytes of a JSON body, when it is more than the common one. Beyond, the response is 413 `body_too_large`. */
  bodyLimit?: number;
  /** Errors have also the fields of OAuth 2.0, `error` and `error_description`. */
  oauth?: true;
}

/** Fields of a form beside its `file`. The values of `jsonFields` are JSON. */
export interface UploadOptions {
  fields: readonly string[];
  jsonFields: readonly string[];
}

export const OPERATION_METADATA = Symbol('operation');

/** Returns the options of `@Operation` of a handler. */
export function getOperationOptions(handler: object): OperationOptions | undefined {
  return Reflect.getMetadata(OPERATION_METADATA, handler) as OperationOptions | undefined;
}
