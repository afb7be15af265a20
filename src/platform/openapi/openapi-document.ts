import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { type ErrorFactory, knownErrors, platformErrors } from '../errors/index.js';
import { ErrorBody, exampleOf } from './error-body.js';
import { sayAll, type Swagger } from './lazy-decorators.js';

const DESCRIPTION = `The Xentree API (\`/api/...\`) and the XC authentication API (\`/api/v1/...\`), over one account store.
Every error is \`{ detail, code, request_id }\`; \`code\` is stable for machines.`;

interface ErrorResponse {
  description: string;
  content: { 'application/json': { schema: object; examples: Record<string, object> } };
}

interface Operation {
  security?: object[];
  parameters?: object[];
  responses: Record<string, ErrorResponse>;
  /** Codes of what the access of this operation can refuse. */
  'x-refusals'?: string[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI 3.1 document of the application. The same build always gives the same text. */
export function describeApi(app: INestApplication, swagger: Swagger): OpenAPIObject {
  sayAll(swagger);
  const { DocumentBuilder, SwaggerModule } = swagger;
  const head = new DocumentBuilder()
    .setTitle('Xentree Server')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, head, {
    operationIdFactory: (_controller, method) => method,
    extraModels: [ErrorBody],
  });
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of METHODS) complete(path, methods[method] as Operation | undefined);
  }
  return withNullTypes(document) as OpenAPIObject;
}

/** What follows from the path and the access of an operation, said once here instead of at every one. */
function complete(path: string, operation: Operation | undefined): void {
  if (!operation) return;
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    const parameter = { name, in: 'path', required: true, schema: { type: 'string' } };
    operation.parameters = [...(operation.parameters ?? []), parameter];
  }
  if (operation.security?.length) addError(operation.responses, platformErrors.token_invalid);
  for (const code of operation['x-refusals'] ?? []) {
    const error = knownErrors().get(code);
    if (error) addError(operation.responses, error);
  }
  delete operation['x-refusals'];
}

function addError(responses: Record<string, ErrorResponse>, error: ErrorFactory): void {
  const { code, status } = error;
  const own = responses[status];
  const examples = own?.content['application/json'].examples ?? {};
  if (examples[code]) return;
  responses[status] = {
    description: own ? `${own.description}, \`${code}\`` : `\`${code}\``,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: { ...examples, [code]: { value: exampleOf(error) } },
      },
    },
  };
}

/** OpenAPI 3.1 has no `nullable`: null is one of the types. */
function withNullTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullTypes);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withNullTypes(value)]));
  // A read-only field of a request takes whatever the resource shows there.
  if (copy.readOnly === true && copy.type === 'object') delete copy.type;
  if (nullable !== true) return copy;
  if (typeof copy.type === 'string') return { ...copy, type: [copy.type, 'null'], ...withNullValue(copy) };
  return { oneOf: [copy.allOf ? (copy.allOf as unknown[])[0] : copy, { type: 'null' }] };
}

function withNullValue({ enum: values }: Record<string, unknown>): object {
  return Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {};
}
