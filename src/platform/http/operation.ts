import {
  applyDecorators,
  HttpCode,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { type ErrorFactory, platformErrors } from '../errors/index.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { IdempotentRejectionFilter, IdempotentRejectionGuard } from '../idempotency/idempotent-rejections.js';
import { ErrorBody, buildErrorExample } from '../openapi/error-body.js';
import { deferSwagger, type Swagger } from '../openapi/lazy-decorators.js';
import { OPERATION_METADATA, type OperationOptions } from '../openapi/operation-options.js';

/** Declares the API reference of an operation, its status on success, and its idempotency. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { status = 200, idempotent } = options;
  return applyDecorators(
    SetMetadata(OPERATION_METADATA, options),
    HttpCode(status),
    ...(idempotent === true ? [UseInterceptors(IdempotencyInterceptor)] : []),
    ...(idempotent === 'self-managed'
      ? [UseGuards(IdempotentRejectionGuard), UseFilters(IdempotentRejectionFilter)]
      : []),
    deferSwagger((swagger) => applyDecorators(...swaggerDecorators(swagger, options, status))),
  );
}

const IDEMPOTENCY_ERRORS = [platformErrors.idempotency_key_reused, platformErrors.idempotency_in_progress];

const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'Repeat the request with the same key and body to get the first response again. The operation runs only once.',
  schema: { type: 'string', maxLength: 255 },
} as const;

function swaggerDecorators(swagger: Swagger, options: OperationOptions, status: number): MethodDecorator[] {
  const { summary, description, errors = [], idempotent, consumes } = options;
  const allErrors = [...errors, platformErrors.validation_failed, ...(idempotent ? IDEMPOTENCY_ERRORS : [])];
  return [
    swagger.ApiOperation({ summary, description }),
    successResponse(swagger, options, status),
    ...errorResponses(swagger, allErrors),
    ...(idempotent ? [swagger.ApiHeader(IDEMPOTENCY_HEADER)] : []),
    ...(consumes === 'form' ? [swagger.ApiConsumes('application/x-www-form-urlencoded')] : []),
  ];
}

const LAST_EVENT_ID_HEADER = {
  name: 'Last-Event-ID',
  required: false,
  description: 'The id of the last received event. The stream continues after it.',
  schema: { type: 'integer', minimum: 0 },
} as const;

const EVENT_STREAM_CONTENT = { 'text/event-stream': { schema: { type: 'string' } } } as const;

function successResponse(
  swagger: Swagger,
  { response, eventStream }: OperationOptions,
  status: number,
): MethodDecorator {
  const { ApiResponse } = swagger;
  const description = status === 204 ? 'Done; no body.' : 'Success.';
  if (eventStream === 'only')
    return applyDecorators(
      ApiResponse({ status, description, content: EVENT_STREAM_CONTENT }),
      ApiResponse({ status: 204, description: 'There are no more events.' }),
      swagger.ApiHeader(LAST_EVENT_ID_HEADER),
    );
  if (eventStream === 'optional' && typeof response === 'function') {
    const schema = { $ref: swagger.getSchemaPath(response) };
    const content = { 'application/json': { schema }, ...EVENT_STREAM_CONTENT };
    return applyDecorators(swagger.ApiExtraModels(response), ApiResponse({ status, description, content }));
  }
  if (!response) return ApiResponse({ status, description });
  if ('file' in response) {
    const schema = { type: 'string', format: 'binary' };
    const content = Object.fromEntries([response.file].flat().map((type) => [type, { schema }]));
    return ApiResponse({ status, description, content });
  }
  if ('oneOf' in response) {
    const schema = { oneOf: response.oneOf.map((type) => ({ $ref: swagger.getSchemaPath(type) })) };
    const responseDecorator = ApiResponse({
      status,
      description,
      content: { 'application/json': { schema } },
    });
    return applyDecorators(swagger.ApiExtraModels(...response.oneOf), responseDecorator);
  }
  const [type, isArray] = Array.isArray(response) ? [response[0], true] : [response, false];
  return ApiResponse({ status, description, type, isArray });
}

/** Returns one response for each status, with an example for each error code. */
function errorResponses(swagger: Swagger, errors: ErrorFactory[]): MethodDecorator[] {
  const responses = [...groupByStatus(errors)].map(([status, group]) =>
    swagger.ApiResponse({
      status,
      description: group.map(({ code }) => `\`${code}\``).join(', '),
      content: {
        'application/json': {
          schema: { $ref: swagger.getSchemaPath(ErrorBody) },
          examples: Object.fromEntries(
            group.map((error) => [error.code, { value: buildErrorExample(error) }]),
          ),
        },
      },
    }),
  );
  return [swagger.ApiExtraModels(ErrorBody), ...responses];
}

function groupByStatus(errors: ErrorFactory[]): Map<number, ErrorFactory[]> {
  const groups = new Map<number, ErrorFactory[]>();
  for (const error of errors) groups.set(error.status, [...(groups.get(error.status) ?? []), error]);
  return groups;
}
