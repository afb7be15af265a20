import * as swagger from '@nestjs/swagger';
import { describeApi } from '@/platform/openapi/openapi-document.js';
import type { TestApp } from '../app/test-app.js';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  required?: string[];
  properties?: Record<string, Schema>;
  readOnly?: boolean;
  items?: Schema;
  minLength?: number;
  maxLength?: number;
  maximum?: number;
  format?: string;
  enum?: unknown[];
  additionalProperties?: boolean;
  oneOf?: Schema[];
}

interface Media {
  schema?: Schema;
  examples?: Record<string, { value: { detail: unknown; code: string; request_id: string } }>;
}

export interface Responses {
  [status: string]: { description: string; content?: Record<string, Media> };
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Responses;
  'x-permission'?: string;
}

export interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers?: unknown[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

export function documentOf({ app }: TestApp): Document {
  return JSON.parse(JSON.stringify(describeApi(app, swagger))) as Document;
}

/** The text that is committed as `openapi.json`. */
export function textOf(document: Document): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export interface Route {
  /** `POST /api/auth/register` */
  name: string;
  method: string;
  path: string;
  operation: Operation;
}

export function operationsOf({ paths }: Document): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

export interface Body {
  type: 'json' | 'form';
  fields: Record<string, Schema>;
  required: string[];
}

/** What an operation takes in its body; undefined when it takes none. */
export function bodyOf({ operation }: Route, document: Document): Body | undefined {
  const content = operation.requestBody?.content;
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (!type || !media?.schema) return undefined;
  const schema = resolve(media.schema, document);
  return {
    type: type.includes('form') ? 'form' : 'json',
    fields: schema.properties ?? {},
    required: schema.required ?? [],
  };
}

export function resolve(schema: Schema, document: Document): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

/** Every `$ref` anywhere in the document. */
export function referencesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(referencesIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : referencesIn(value),
  );
}
