import type { ErrorData, ErrorKind } from '../errors/index.js';

/** The parts of an OpenAPI document that the completion reads and writes. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  example?: unknown;
  readOnly?: boolean;
  items?: Schema;
  enum?: unknown[];
  oneOf?: Schema[];
  title?: string;
}

export interface MediaType {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, object>;
}

export interface DocumentedResponse {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, MediaType>;
}

export interface DocumentedOperation {
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, DocumentedResponse>;
  /** Codes of the errors of the operation itself, and of the access check; removed from the final document. */
  'x-operation-errors'?: string[];
  'x-access-errors'?: string[];
  /** Kinds of errors that differ from their declaration, by code; removed from the final document. */
  'x-error-kinds'?: Record<string, ErrorKind>;
  /** See `OperationOptions.facts`; removed from the final document. */
  'x-facts'?: Record<string, ErrorData>;
  /** See `OperationOptions.bodyRequired`; removed from the final document. */
  'x-body-required'?: true;
  /** Fields of a form beside its `file`; see `OperationOptions.upload`. Removed from the final document. */
  'x-form-fields'?: string[];
}

export interface Components {
  schemas: Record<string, Schema>;
  examples?: Record<string, { value: unknown }>;
  headers?: Record<string, object>;
  securitySchemes?: Record<string, object>;
}

export type PathItem = Partial<Record<(typeof METHODS)[number], DocumentedOperation>>;

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Returns the schema that a `$ref` names, else the schema itself. */
export function resolveSchema(schema: Schema, { schemas }: Components): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : (schemas[name] ?? {});
}

/** Returns the object with its keys in alphabetical order. */
export function sortKeys<Value>(object: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
