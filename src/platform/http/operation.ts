import {
  applyDecorators,
  HttpCode,
  SetMetadata,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { ApiResponseOptions } from '@nestjs/swagger';
import { type OAuthRouteConfig, platformErrors } from '../errors/index.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { IdempotentRejectionFilter, IdempotentRejectionGuard } from '../idempotency/idempotent-rejections.js';
import { deferSwagger, type Swagger } from '../openapi/lazy-decorators.js';
import { OPERATION_METADATA, type OperationOptions } from '../openapi/operation-options.js';
import { UploadInterceptor } from '../uploads/index.js';
import type { WebSocketRouteConfig } from '../web-sockets/index.js';
import type { BodyLimitRouteConfig, UploadRouteConfig } from './body-parsers.js';
import type { PreflightRouteConfig } from './preflights.js';

/** Declares the API reference of an operation, its status on success, and its idempotency. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { status = 200, idempotent } = options;
  return applyDecorators(
    SetMetadata(OPERATION_METADATA, options),
    HttpCode(status),
    RouteConfig(toRouteConfig(options)),
    // Before the idempotency, which compares the fields and the hash of the file.
    ...(options.upload ? [UseInterceptors(UploadInterceptor)] : []),
    ...(idempotent === true || idempotent === 'in-transaction'
      ? [UseInterceptors(IdempotencyInterceptor)]
      : []),
    ...(idempotent === 'self-managed'
      ? [UseGuards(IdempotentRejectionGuard), UseFilters(IdempotentRejectionFilter)]
      : []),
    deferSwagger((swagger) => applyDecorators(...swaggerDecorators(swagger, options, status))),
  );
}

/** What the hooks of Fastify read about a route, before Nest handles the request. */
function toRouteConfig({
  oauth,
  bodyLimit,
  upload,
  ignoresBody,
  webSocket,
  anyPreflight,
}: OperationOptions): OAuthRouteConfig &
  BodyLimitRouteConfig &
  UploadRouteConfig &
  WebSocketRouteConfig &
  PreflightRouteConfig {
  return {
    ...(oauth ? { oauth: true } : {}),
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    ...(upload || ignoresBody ? { upload: true } : {}),
    ...(webSocket ? { webSocket: true } : {}),
    ...(anyPreflight ? { anyPreflight: true } : {}),
  };
}

type ContentObject = NonNullable<Exclude<ApiResponseOptions, { type: unknown }>['content']>;

const IDEMPOTENCY_ERRORS = [
  platformErrors.idempotency_key_reused,
  platformErrors.idempotency_in_progress,
  platformErrors.idempotency_answer_not_kept,
];

const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'Repeat the request with the same key and body to get the first response again. The operation runs only once.',
  schema: { type: 'string', maxLength: 255 },
} as const;

function swaggerDecorators(swagger: Swagger, options: OperationOptions, status: number): MethodDecorator[] {
  const { summary, description, errors = [], idempotent, consumes, facts, bodyRequired, upload } = options;
  const allErrors = [
    ...errors,
    ...(idempotent ? IDEMPOTENCY_ERRORS : []),
    ...(options.bodyLimit === undefined ? [] : [platformErrors.body_too_large]),
  ];
  return [
    swagger.ApiOperation({ summary, description }),
    ...successResponses(swagger, options, status),
    // The completion of the document adds the errors.
    swagger.ApiExtension(
      'x-operation-errors',
      allErrors.map(({ code }) => code),
    ),
    ...(idempotent ? [swagger.ApiHeader(IDEMPOTENCY_HEADER)] : []),
    ...(upload
      ? [
          swagger.ApiConsumes('multipart/form-data', 'application/json'),
          swagger.ApiExtension('x-form-fields', upload.fields),
        ]
      : []),
    ...(consumes === 'form' ? [swagger.ApiConsumes('application/x-www-form-urlencoded')] : []),
    ...(bodyRequired ? [swagger.ApiExtension('x-body-required', true)] : []),
    ...(facts ? [swagger.ApiExtension('x-facts', facts)] : []),
  ];
}

const LAST_EVENT_ID_HEADER = {
  name: 'Last-Event-ID',
  required: false,
  description: 'The id of the last received event. The stream continues after it.',
  schema: { type: 'integer', minimum: 0 },
} as const;

function successResponses(
  swagger: Swagger,
  { response, eventStream, events = [], webSocket, csv }: OperationOptions,
  status: number,
): MethodDecorator[] {
  const { ApiResponse, ApiExtraModels } = swagger;
  const description = status === 204 ? 'Done; no body.' : 'Success.';
  const refersTo = (type: Type): { $ref: string } => ({ $ref: swagger.getSchemaPath(type) });
  const withContent = (content: ContentObject): MethodDecorator =>
    ApiResponse({ status, description, content });
  const eventContent = { 'text/event-stream': { schema: { anyOf: events.map(refersTo) } } };
  if (eventStream === 'only')
    return [
      ApiExtraModels(...events),
      withContent(eventContent),
      ApiResponse({ status: 204, description: 'There are no more events.' }),
      swagger.ApiHeader(LAST_EVENT_ID_HEADER),
    ];
  if (webSocket) return [ApiResponse({ status: 101, description: 'The connection becomes a WebSocket.' })];
  if (!response) return [ApiResponse({ status, description })];
  if (Array.isArray(response))
    return [ApiResponse({ status, description, type: response[0], isArray: true })];
  if ('file' in response) {
    const schema = { type: 'string', format: 'binary' };
    return [withContent(Object.fromEntries([response.file].flat().map((type) => [type, { schema }])))];
  }
  if ('oneOf' in response) {
    const schema = { oneOf: response.oneOf.map(refersTo) };
    return [ApiExtraModels(...response.oneOf), withContent({ 'application/json': { schema } })];
  }
  const json = { 'application/json': { schema: refersTo(response) } };
  return [
    ApiExtraModels(response, ...events),
    withContent({
      ...json,
      ...(eventStream === 'optional' ? eventContent : {}),
      ...(csv ? { 'text/csv': { schema: { type: 'string' } } } : {}),
    }),
  ];
}
