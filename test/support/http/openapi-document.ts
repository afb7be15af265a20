import * as swagger from '@nestjs/swagger';
import { createOpenApiDocument } from '@/platform/openapi/openapi-document.js';
import type { TestApp } from '../app/test-app.js';

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  required?: string[];
  properties?: Record<string, JsonSchema>;
  readOnly?: boolean;
  items?: JsonSchema;
  minLength?: number;
  maxLength?: number;
  maximum?: number;
  minimum?: number;
  format?: string;
  title?: string;
  enum?: unknown[];
  additionalProperties?: boolean;
  oneOf?: JsonSchema[];
  /** The field is accepted with any value. */
  'x-ignored'?: boolean;
  anyOf?: JsonSchema[];
}

export interface ErrorExample {
  detail: unknown;
  code: string;
  request_id: string;
  /** In the form of OpenAI there is nothing but this. */
  error?: { code: string };
}

interface MediaType {
  schema?: JsonSchema;
  example?: unknown;
  examples?: Record<string, { $ref?: string; value?: ErrorExample }>;
}

export interface Responses {
  [status: string]: {
    description: string;
    headers?: Record<string, object>;
    content?: Record<string, MediaType>;
  };
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: JsonSchema;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Responses;
  'x-permission'?: string;
}

export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string };
  servers?: unknown[];
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    securitySchemes: Record<string, unknown>;
    examples: Record<string, { value: ErrorExample }>;
    headers: Record<string, object>;
  };
}

export function buildOpenApiDocument({ nest: app }: TestApp): OpenApiDocument {
  return JSON.parse(JSON.stringify(createOpenApiDocument(app, swagger))) as OpenApiDocument;
}

/** Returns the text of `openapi.json`. */
export function serializeDocument(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export interface DocumentedRoute {
  /** `POST /api/auth/register` */
  name: string;
  method: string;
  path: string;
  operation: Operation;
}

export function listOperations({ paths }: OpenApiDocument): DocumentedRoute[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

export interface RequestBodySchema {
  type: 'json' | 'form';
  fields: Record<string, JsonSchema>;
  required: string[];
}

/** Returns the schema of the request body; undefined without a body. */
export function getRequestBody(
  { operation }: DocumentedRoute,
  document: OpenApiDocument,
): RequestBodySchema | undefined {
  const content = operation.requestBody?.content;
  const types = Object.keys(content ?? {});
  const type = types.find((name) => name === 'application/json') ?? types[0];
  const media = type === undefined ? undefined : content?.[type];
  if (!type || !media?.schema) return undefined;
  const schema = resolveReference(media.schema, document);
  return {
    type: type.includes('form') ? 'form' : 'json',
    fields: schema.properties ?? {},
    required: schema.required ?? [],
  };
}

export function resolveReference(schema: JsonSchema, document: OpenApiDocument): JsonSchema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

/** Returns all `$ref` values of the document. */
export function collectReferences(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(collectReferences);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : collectReferences(value),
  );
}
