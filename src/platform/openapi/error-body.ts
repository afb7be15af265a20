import type { ErrorData, ErrorFactory } from '../errors/index.js';
import { ApiProperty, ApiSchema } from './lazy-decorators.js';

/** Body of every error. Clients should check `code`, which does not change. */
@ApiSchema({ name: 'ErrorResponse' })
export class ErrorBody {
  @ApiProperty({
    description: 'A message, or an object with at least `error` and `message`.',
    oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
    example: 'Invalid or expired token',
  })
  detail!: string | Record<string, unknown>;

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
