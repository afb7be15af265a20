import { applyDecorators, HttpCode, SetMetadata, UseInterceptors } from '@nestjs/common';
import {
  ApiConsumes,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { type ErrorFactory, platformErrors } from '../errors/index.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { ErrorBody, exampleOf } from './error-body.js';
import { OPERATION, type OperationOptions } from './operation-options.js';

/** Everything the API reference says of an operation, and the status it answers with. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { summary, description, status = 200, errors = [], idempotent, consumes } = options;
  const all = [...errors, platformErrors.validation_failed, ...(idempotent ? IDEMPOTENCY_ERRORS : [])];
  return applyDecorators(
    SetMetadata(OPERATION, options),
    HttpCode(status),
    ApiOperation({ summary, description }),
    success(options, status),
    ...errorResponses(all),
    ...(idempotent ? [UseInterceptors(IdempotencyInterceptor), ApiHeader(IDEMPOTENCY_HEADER)] : []),
    ...(consumes === 'form' ? [ApiConsumes('application/x-www-form-urlencoded')] : []),
  );
}

const IDEMPOTENCY_ERRORS = [platformErrors.idempotency_key_reused, platformErrors.idempotency_in_progress];

const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'Repeat the request with the same key and body to get the first answer again instead of acting twice.',
  schema: { type: 'string', maxLength: 255 },
};

function success({ answers }: OperationOptions, status: number): MethodDecorator {
  const description = status === 204 ? 'Done; no body.' : 'Success.';
  if (!answers) return ApiResponse({ status, description });
  if ('file' in answers) {
    const content = { [answers.file]: { schema: { type: 'string', format: 'binary' } } };
    return ApiResponse({ status, description, content });
  }
  if ('oneOf' in answers) {
    const schema = { oneOf: answers.oneOf.map((type) => ({ $ref: getSchemaPath(type) })) };
    const response = ApiResponse({ status, description, content: { 'application/json': { schema } } });
    return applyDecorators(ApiExtraModels(...answers.oneOf), response);
  }
  const [type, isArray] = Array.isArray(answers) ? [answers[0], true] : [answers, false];
  return ApiResponse({ status, description, type, isArray });
}

/** One response per status, each error code with its example. */
function errorResponses(errors: ErrorFactory[]): (ClassDecorator & MethodDecorator)[] {
  const byStatus = groupByStatus(errors);
  const responses = [...byStatus].map(([status, group]) =>
    ApiResponse({
      status,
      description: group.map(({ code }) => `\`${code}\``).join(', '),
      content: {
        'application/json': {
          schema: { $ref: getSchemaPath(ErrorBody) },
          examples: Object.fromEntries(group.map((error) => [error.code, { value: exampleOf(error) }])),
        },
      },
    }),
  );
  return [ApiExtraModels(ErrorBody), ...responses];
}

function groupByStatus(errors: ErrorFactory[]): Map<number, ErrorFactory[]> {
  const groups = new Map<number, ErrorFactory[]>();
  for (const error of errors) groups.set(error.status, [...(groups.get(error.status) ?? []), error]);
  return groups;
}
