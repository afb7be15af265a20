import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { type ErrorFactory, getErrorFactories, platformErrors } from '../errors/index.js';
import { ErrorBody, buildErrorExample } from './error-body.js';
import { applySwaggerDecorators, type Swagger } from './lazy-decorators.js';

const DESCRIPTION = `The Xentree API (\`/api/...\`) and the XC authentication API (\`/api/v1/...\`), with the same accounts.
Every error is \`{ detail, code, request_id }\`. Clients should check \`code\`, which does not change.`;

interface DocumentedErrorResponse {
  description: string;
  content: { 'application/json': { schema: object; examples: Record<string, object> } };
}

interface DocumentedOperation {
  security?: object[];
  parameters?: object[];
  responses: Record<string, DocumentedErrorResponse>;
  /** Codes of the errors of the access check; removed from the final document. */
  'x-error-codes'?: string[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Creates the OpenAPI 3.1 document. The same build always creates the same text. */
export function createOpenApiDocument(app: INestApplication, swagger: Swagger): OpenAPIObject {
  applySwaggerDecorators(swagger);
  const { DocumentBuilder, SwaggerModule } = swagger;
  const documentOptions = new DocumentBuilder()
    .setTitle('Xentree Server')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, documentOptions, {
    operationIdFactory: (_controller, method) => method,
    extraModels: [ErrorBody],
  });
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of METHODS) completeOperation(path, methods[method] as DocumentedOperation | undefined);
  }
  return withNullTypes(document) as OpenAPIObject;
}

/** Adds the path parameters and the errors of the access check to an operation. */
function completeOperation(path: string, operation: DocumentedOperation | undefined): void {
  if (!operation) return;
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    const parameter = { name, in: 'path', required: true, schema: { type: 'string' } };
    operation.parameters = [...(operation.parameters ?? []), parameter];
  }
  if (operation.security?.length) addErrorExample(operation.responses, platformErrors.token_invalid);
  for (const code of operation['x-error-codes'] ?? []) {
    const error = getErrorFactories().get(code);
    if (error) addErrorExample(operation.responses, error);
  }
  delete operation['x-error-codes'];
}

function addErrorExample(responses: Record<string, DocumentedErrorResponse>, error: ErrorFactory): void {
  const { code, status } = error;
  const existing = responses[status];
  const examples = existing?.content['application/json'].examples ?? {};
  if (examples[code]) return;
  responses[status] = {
    description: existing ? `${existing.description}, \`${code}\`` : `\`${code}\``,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: { ...examples, [code]: { value: buildErrorExample(error) } },
      },
    },
  };
}

/** Converts `nullable` to a union with `null`, as OpenAPI 3.1 requires. */
function withNullTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullTypes);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withNullTypes(value)]));
  // A read-only field of a request accepts the current value, whatever its type is.
  if (copy.readOnly === true && copy.type === 'object') delete copy.type;
  if (nullable !== true) return copy;
  if (typeof copy.type === 'string') return { ...copy, type: [copy.type, 'null'], ...withNullValue(copy) };
  return { oneOf: [copy.allOf ? (copy.allOf as unknown[])[0] : copy, { type: 'null' }] };
}

function withNullValue({ enum: values }: Record<string, unknown>): object {
  return Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {};
}
