import type { AppError } from './app-error.js';
import { defineErrors } from './define-errors.js';

/** Errors of the platform, which every operation can return. */
export const platformErrors = defineErrors({
  validation_failed: {
    kind: 'invalid',
    message: 'The request is not valid.',
    facts: { fields: [{ path: 'email', rule: 'email', message: 'must be an e-mail address' }] },
  },
  field_read_only: {
    kind: 'invalid',
    message: 'This field cannot be changed here.',
    facts: { field: 'role' },
  },
  malformed_body: { kind: 'invalid', message: 'The request body cannot be parsed.' },
  malformed_request: { kind: 'invalid', message: 'The request cannot be read.' },
  request_timeout: { kind: 'request_timeout', message: 'The request did not arrive in time.' },
  headers_too_large: { kind: 'headers_too_large', message: 'The request headers are too large.' },
  not_found: { kind: 'not_found', message: 'Not found.' },
  method_not_allowed: { kind: 'method_not_allowed', message: 'This address does not take this method.' },
  payload_too_large: { kind: 'too_large', message: 'The request body is too large.' },
  body_too_large: {
    kind: 'too_large',
    message: 'The body is larger than this operation takes.',
    facts: { max_bytes: 4_194_304 },
  },
  file_too_large: {
    kind: 'too_large',
    message: 'The file is too large.',
    facts: { field: 'file', max_bytes: 20_971_520 },
  },
  unsupported_media_type: { kind: 'unsupported_media', message: 'The content type is not supported.' },
  upgrade_required: { kind: 'upgrade_required', message: 'This address is a WebSocket.' },
  token_invalid: { kind: 'unauthenticated', message: 'Invalid or expired token', plain: true },
  two_factor_required: { kind: 'forbidden', message: 'This operation requires a second factor.' },
  bearer_required: { kind: 'forbidden', message: 'This operation requires an access token, not an API key.' },
  operator_required: { kind: 'forbidden', message: 'Only operators of this installation can do this.' },
  insufficient_api_key_scope: {
    kind: 'forbidden',
    message: 'API key lacks required scope for this endpoint',
    error: 'INSUFFICIENT_API_KEY_SCOPE',
    facts: { required_scope: 'organizations:write', granted_scopes: ['organizations:read'] },
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
  idempotency_answer_not_kept: {
    kind: 'conflict',
    message:
      'The first request with this idempotency key succeeded. Its answer was too large to be kept for repetitions.',
  },
  overloaded: { kind: 'unavailable', message: 'The server is busy. Try again shortly.' },
  mail_not_configured: { kind: 'unavailable', message: 'This server does not send mail.' },
  internal_error: { kind: 'internal', message: 'An internal error occurred.' },
});

/** An invalid field: its path with dots and indexes (`items.0.name`), and the first rule that it breaks. */
export interface FieldError {
  path: string;
  rule: string;
  message: string;
}

/** Bounds the response: it must not grow with the number of errors in a request, nor with the names that the client chose. */
export const MAX_FIELD_ERRORS = 20;
const MAX_PATH_LENGTH = 120;

/** Returns the 400 `validation_failed` for several fields. */
export function validationFailed(errors: FieldError[]): AppError {
  const fields = errors
    .slice(0, MAX_FIELD_ERRORS)
    .map((error) => ({ ...error, path: shortenPath(error.path) }));
  return platformErrors.validation_failed({ data: { fields } });
}

function shortenPath(path: string): string {
  return path.length <= MAX_PATH_LENGTH ? path : `${path.slice(0, MAX_PATH_LENGTH).toWellFormed()}…`;
}

/** Returns the 400 `validation_failed` for a single field. */
export function invalidField(path: string, rule: string, message: string): AppError {
  return validationFailed([{ path, rule, message }]);
}
