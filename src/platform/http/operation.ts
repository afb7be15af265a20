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
import { RefusalFilter, RefusalGuard } from '../idempotency/idempotent-rejections.js';
import { ErrorBody, exampleOf } from '../openapi/error-body.js';
import { documented, type Swagger } from '../openapi/lazy-decorators.js';
import { OPERATION, type OperationOptions } from '../openapi/operation-options.js';

/** Everything the API reference says of an operation, and the status it answers with. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { status = 200, idempotent } = options;
  return applyDecorators(
    SetMetadata(OPERATION, options),
    HttpCode(status),
    ...(idempotent === true ? [UseInterceptors(IdempotencyInterceptor)] : []),
    ...(idempotent === 'by itself' ? [UseGuards(RefusalGuard), UseFilters(RefusalFilter)] : []),
    documented((swagger) => applyDecorators(...reference(swagger, options, status))),
  );
}

const IDEMPOTENCY_ERRORS = [platformErrors.idempotency_key_reused, platformErrors.idempotency_in_progress];

const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'Repeat the request with the same key and body to get the first answer again instead of acting twice.',
  schema: { type: 'string', maxLength: 255 },
} as const;

function reference(swagger: Swagger, options: OperationOptions, status: number): MethodDecorator[] {
  const { summary, description, errors = [], idempotent, consumes } = options;
  const all = [...errors, platformErrors.validation_failed, ...(idempotent ? IDEMPOTENCY_ERRORS : [])];
  return [
    swagger.ApiOperation({ summary, description }),
    success(swagger, options, status),
    ...errorResponses(swagger, all),
    ...(idempotent ? [swagger.ApiHeader(IDEMPOTENCY_HEADER)] : []),
    ...(consumes === 'form' ? [swagger.ApiConsumes('application/x-www-form-urlencoded')] : []),
  ];
}

const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  required: false,
  description: 'The number of the last event that was read; the events after it are answered.',
  schema: { type: 'integer', minimum: 0 },
} as const;

const EVENTS = { 'text/event-stream': { schema: { type: 'string' } } } as const;

function success(swagger: Swagger, { answers, streams }: OperationOptions, status: number): MethodDecorator {
  const { ApiResponse } = swagger;
  const description = status === 204 ? 'Done; no body.' : 'Success.';
  if (streams === 'only')
    return applyDecorators(
      ApiResponse({ status, description, content: EVENTS }),
      ApiResponse({ status: 204, description: 'There is nothing more to read.' }),
      swagger.ApiHeader(LAST_EVENT_ID),
    );
  if (streams === 'also' && typeof answers === 'function') {
    const schema = { $ref: swagger.getSchemaPath(answers) };
    const content = { 'application/json': { schema }, ...EVENTS };
    return applyDecorators(swagger.ApiExtraModels(answers), ApiResponse({ status, description, content }));
  }
  if (!answers) return ApiResponse({ status, description });
  if ('file' in answers) {
    const schema = { type: 'string', format: 'binary' };
    const content = Object.fromEntries([answers.file].flat().map((type) => [type, { schema }]));
    return ApiResponse({ status, description, content });
  }
  if ('oneOf' in answers) {
    const schema = { oneOf: answers.oneOf.map((type) => ({ $ref: swagger.getSchemaPath(type) })) };
    const response = ApiResponse({ status, description, content: { 'application/json': { schema } } });
    return applyDecorators(swagger.ApiExtraModels(...answers.oneOf), response);
  }
  const [type, isArray] = Array.isArray(answers) ? [answers[0], true] : [answers, false];
  return ApiResponse({ status, description, type, isArray });
}

/** One response per status, each error code with its example. */
function errorResponses(swagger: Swagger, errors: ErrorFactory[]): MethodDecorator[] {
  const responses = [...groupByStatus(errors)].map(([status, group]) =>
    swagger.ApiResponse({
      status,
      description: group.map(({ code }) => `\`${code}\``).join(', '),
      content: {
        'application/json': {
          schema: { $ref: swagger.getSchemaPath(ErrorBody) },
          examples: Object.fromEntries(group.map((error) => [error.code, { value: exampleOf(error) }])),
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
