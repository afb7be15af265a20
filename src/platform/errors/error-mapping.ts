import { HttpException } from '@nestjs/common';
import { isTemporaryFailure } from '../kernel/temporary-failure.js';
import { AppError } from './app-error.js';
import type { ErrorFactory } from './define-errors.js';
import { invalidField, platformErrors } from './platform.errors.js';

/** Response of an error, without the request id. */
export interface ErrorResponse {
  status: number;
  body: { detail: unknown; code: string };
  retryAfter?: number | undefined;
  permanent?: true | undefined;
}

/** Errors for the codes of Fastify. Every other 4xx of Fastify is a malformed body. */
const FASTIFY_ERRORS: Readonly<Record<string, ErrorFactory>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: platformErrors.payload_too_large,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: platformErrors.unsupported_media_type,
  FST_ERR_NOT_FOUND: platformErrors.not_found,
  FST_ERR_BAD_URL: platformErrors.not_found,
  FST_ERR_MAX_PARAM_LENGTH: platformErrors.not_found,
};

/**
 * Foreign keys to the account that a row belongs to. A violation means that the account was erased after the request was
 * authenticated. A repository that knows better maps the constraint itself.
 */
const OWNER_CONSTRAINT = /_(user_id|owner_id|created_by|invited_by|accepted_by)_fkey$/;

interface ThrownError {
  code?: string;
  statusCode?: number;
  message?: string;
  constraint?: string;
  driverError?: { code?: string; message?: string; constraint?: string };
}

/** Returns whether the owner of a new row does not exist any more. */
function isOwnerMissing({ code, constraint, driverError }: ThrownError): boolean {
  const isViolation = (driverError?.code ?? code) === '23503';
  return isViolation && OWNER_CONSTRAINT.test(driverError?.constraint ?? constraint ?? '');
}

/** Converts any thrown value to an error of this API; an unknown one becomes 500 `internal_error`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof HttpException) return fromHttpException(thrown);
  const error = (thrown ?? {}) as ThrownError;
  const { code, statusCode, driverError } = error;
  const known = FASTIFY_ERRORS[code ?? ''];
  if (known) return known({ cause: thrown });
  if (isTemporaryFailure(thrown)) return platformErrors.overloaded({ cause: thrown, retryAfter: 5 });
  if (isOwnerMissing(error)) return platformErrors.token_invalid({ cause: thrown });
  if ((driverError?.code ?? code) === '22021') {
    return invalidField('', 'well_formed', 'must not contain NUL or broken Unicode');
  }
  const isClientError = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return isClientError
    ? platformErrors.malformed_body({ cause: thrown })
    : platformErrors.internal_error({ cause: thrown });
}

export function toErrorResponse({ status, detail, code, retryAfter, permanent }: AppError): ErrorResponse {
  return { status, body: { detail, code }, retryAfter, permanent };
}

function fromHttpException(thrown: HttpException): AppError {
  switch (thrown.getStatus()) {
    case 404:
      return platformErrors.not_found({ cause: thrown });
    case 413:
      return platformErrors.payload_too_large({ cause: thrown });
    case 415:
      return platformErrors.unsupported_media_type({ cause: thrown });
    default:
      return thrown.getStatus() < 500
        ? platformErrors.malformed_body({ cause: thrown })
        : platformErrors.internal_error({ cause: thrown });
  }
}
