import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { SERVER_VERSION } from '../kernel/version.js';
import { API_GROUPS, sortPaths } from './api-groups.js';
import {
  type Components,
  type DocumentedOperation,
  METHODS,
  sortKeys,
  type PathItem,
} from './document-types.js';
import { ErrorBody, OpenAiErrorResponse } from './error-body.js';
import { applySwaggerDecorators, type Swagger } from './lazy-decorators.js';
import { completeOperation } from './operation-completion.js';
import { RESPONSE_HEADERS } from './response-headers.js';

const DESCRIPTION = `The Xentree API (\`/api/...\`) and the XC authentication API (\`/api/v1/...\`), with the same accounts.
Every error is \`{ detail, code, request_id }\`. Clients should check \`code\`, which does not change. \`/v1/...\` is for clients of
the OpenAI API and has its errors. Every response has the header \`X-Request-ID\`.`;

/** Swagger UI gets an access token here; see `SWAGGER_PAGE`. */
const TOKEN_PATH = '/api/auth/token';

/**
 * Creates the OpenAPI 3.1 document. The same build always creates the same text. The server `/` is the one that serves the
 * document.
 */
export function createOpenApiDocument(
  app: INestApplication,
  swagger: Swagger,
  serverUrl = '/',
): OpenAPIObject {
  applySwaggerDecorators(swagger);
  const document = swagger.SwaggerModule.createDocument(app, documentOptions(swagger, serverUrl), {
    operationIdFactory: (_controller, method) => method,
    extraModels: [ErrorBody, OpenAiErrorResponse],
  });
  document.info.license = { name: 'UNLICENSED' };
  delete document.info.contact;
  const paths = document.paths as unknown as Record<string, PathItem>;
  const components = document.components as unknown as Components;
  completeComponents(components);
  for (const [path, item] of Object.entries(paths)) {
    for (const operation of operationsOf(item)) completeOperation(path, operation, components);
  }
  sortComponents(components);
  const sortedPaths = sortPaths(Object.keys(paths), (path) => operationsOf(paths[path])[0]?.tags?.[0] ?? '');
  const sorted = { ...document, paths: Object.fromEntries(sortedPaths.map((path) => [path, paths[path]])) };
  return withNullTypes(sorted) as OpenAPIObject;
}

function documentOptions({ DocumentBuilder }: Swagger, serverUrl: string): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setTitle('Xentree Server')
    .setDescription(DESCRIPTION)
    .setVersion(SERVER_VERSION)
    .setOpenAPIVersion('3.1.0')
    .addServer(serverUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addOAuth2(
      {
        type: 'oauth2',
        description: 'Gets an access token with username and password, and uses it as `bearer`.',
        flows: { password: { tokenUrl: `${serverUrl.replace(/\/$/, '')}${TOKEN_PATH}`, scopes: {} } },
      },
      'password',
    );
  for (const { name, description } of API_GROUPS) builder.addTag(name, description);
  return builder.build();
}

function operationsOf(item: PathItem = {}): DocumentedOperation[] {
  return METHODS.flatMap((method) => item[method] ?? []);
}

function completeComponents(components: Components): void {
  Object.assign(components.schemas.ErrorResponse ?? {}, { title: 'Error' });
  components.headers = RESPONSE_HEADERS;
  components.examples = {};
}

/** Sorts schemas and examples by name: their first use depends on the order of the modules. */
function sortComponents(components: Components): void {
  components.schemas = sortKeys(components.schemas);
  components.examples = sortKeys(components.examples ?? {});
}

/** Converts `nullable` to a union with `null`, as OpenAPI 3.1 requires. */
function withNullTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullTypes);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withNullTypes(value)]));
  // A read-only field of a request accepts the current value, and an ignored one every value, whatever the type is.
  if ((copy.readOnly === true || copy['x-ignored'] === true) && copy.type === 'object') delete copy.type;
  if (nullable !== true) return copy;
  if (typeof copy.type === 'string') return { ...copy, type: [copy.type, 'null'], ...withNullValue(copy) };
  return { oneOf: [copy.allOf ? (copy.allOf as unknown[])[0] : copy, { type: 'null' }] };
}

function withNullValue({ enum: values }: Record<string, unknown>): object {
  return Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {};
}
