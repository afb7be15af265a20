import {
  type ErrorData,
  type ErrorFactory,
  type Fault,
  type OpenAiErrorBody,
  toOpenAiError,
} from '../errors/index.js';
import { ApiProperty, ApiSchema } from './lazy-decorators.js';

/** An invalid field on `/api/v1/*`. `loc` begins with `body`, `query` or `path`. */
const FAULT_SCHEMA = {
  type: 'object',
  required: ['loc', 'msg', 'type'],
  properties: {
    loc: { type: 'array', items: { oneOf: [{ type: 'string' }, { type: 'integer' }] } },
    msg: { type: 'string' },
    type: { type: 'string' },
  },
};

/** Body of every error. Clients should check `code`, which does not change. */
@ApiSchema({ name: 'ErrorResponse' })
export class ErrorBody {
  @ApiProperty({
    description:
      'A message, or an object with at least `error` and `message`. `validation_failed` on `/api/v1/*`: a list of invalid fields.',
    oneOf: [
      { type: 'string' },
      { type: 'object', additionalProperties: true },
      { type: 'array', items: FAULT_SCHEMA },
    ],
    example: 'Invalid or expired token',
  })
  detail!: string | Record<string, unknown> | Fault[];

  @ApiProperty({ type: String, example: 'token_invalid' })
  code!: string;

  @ApiProperty({ type: String, example: '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11' })
  request_id!: string;
}

/** Returns the example of an error. `ownFacts` replaces the further fields of `detail`. */
export function buildErrorExample(
  { code, message, plain, error = code, facts }: ErrorFactory,
  ownFacts: ErrorData | undefined = facts,
): ErrorBody {
  const detail = plain ? message : { error, message, ...ownFacts };
  return { detail, code, request_id: '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11' };
}

/** Returns the example of `validation_failed` for operations that list invalid fields; see `usesFaultList`. */
export function buildFaultListExample(error: ErrorFactory): ErrorBody {
  const detail = [{ loc: ['body', 'email'], msg: 'must be an e-mail address', type: 'email' }];
  return { ...buildErrorExample(error), detail };
}

@ApiSchema({ name: 'OpenAiError' })
class OpenAiError {
  @ApiProperty({ type: String, example: 'Invalid or expired token' })
  message!: string;

  @ApiProperty({ type: String, example: 'authentication_error' })
  type!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The invalid field.', example: null })
  param!: string | null;

  @ApiProperty({ type: String, example: 'token_invalid' })
  code!: string;
}

/** Body of every error on `/v1/*`. */
@ApiSchema({ name: 'OpenAiErrorResponse' })
export class OpenAiErrorResponse {
  @ApiProperty({ type: () => OpenAiError })
  error!: OpenAiError;
}

/** An invalid field of the operations with errors in the form of OpenAI. */
const INVALID_FIELD = { path: 'messages.0.content', rule: 'required', message: 'is required' };

/** Returns the example of an error for operations with errors in the form of OpenAI; see `usesOpenAiErrors`. */
export function buildOpenAiErrorExample({
  code,
  message,
  plain,
  facts,
  status,
}: ErrorFactory): OpenAiErrorBody {
  const ownFacts = facts && 'fields' in facts ? { fields: [INVALID_FIELD] } : facts;
  return toOpenAiError({ detail: plain ? message : { message, ...ownFacts }, code }, status);
}
