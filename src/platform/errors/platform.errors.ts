import type { AppError } from './app-error.js';
import { defineErrors } from './define-errors.js';

/** Errors every operation can answer, whatever its module. */
export const platformErrors = defineErrors({
  validation_failed: { kind: 'invalid', message: 'The request is not valid.' },
  field_read_only: { kind: 'invalid', message: 'This field cannot be changed here.' },
  malformed_body: { kind: 'invalid', message: 'The request body cannot be parsed.' },
  malformed_request: { kind: 'invalid', message: 'The request cannot be read.' },
  request_timeout: { kind: 'request_timeout', message: 'The request did not arrive in time.' },
  headers_too_large: { kind: 'headers_too_large', message: 'The request headers are too large.' },
  not_found: { kind: 'not_found', message: 'There is nothing at this address.' },
  payload_too_large: { kind: 'too_large', message: 'The request body is too large.' },
  unsupported_media_type: { kind: 'unsupported_media', message: 'The content type is not accepted here.' },
  token_invalid: { kind: 'unauthenticated', message: 'Invalid or expired token', plain: true },
  two_factor_required: { kind: 'forbidden', message: 'This needs a second factor.' },
  bearer_required: { kind: 'forbidden', message: 'An API key cannot do this. Sign in.' },
  operator_required: { kind: 'forbidden', message: 'Only operators of this installation may do this.' },
  insufficient_api_key_scope: {
    kind: 'forbidden',
    message: 'API key lacks required scope for this endpoint',
    error: 'INSUFFICIENT_API_KEY_SCOPE',
  },
  too_many_attempts: {
    kind: 'too_many',
    message: 'Too many attempts. Try again later.',
    plain: true,
  },
  idempotency_key_reused: {
    kind: 'conflict',
    message: 'This idempotency key was used with another request body.',
  },
  idempotency_in_progress: {
    kind: 'conflict',
    message: 'The first request with this idempotency key is still running.',
  },
  overloaded: { kind: 'unavailable', message: 'The server is busy. Try again shortly.' },
  mail_not_configured: { kind: 'unavailable', message: 'This server does not send mail.' },
  internal_error: { kind: 'internal', message: 'Something went wrong on our side.' },
});

/** One broken rule of one field. `path` uses dots and indexes: `items.0.name`. */
export interface FieldError {
  path: string;
  rule: string;
  message: string;
}

export function validationFailed(fields: FieldError[]): AppError {
  return platformErrors.validation_failed({ data: { fields } });
}

/** The 400 `validation_failed` of a single field. */
export function invalidField(path: string, rule: string, message: string): AppError {
  return validationFailed([{ path, rule, message }]);
}
