export {
  AppError,
  STATUS_BY_KIND,
  type Detail,
  type ErrorKind,
  type ErrorOptions,
  type ErrorData,
} from './app-error.js';
export { defineErrors, getErrorFactories, type ErrorDefinition, type ErrorFactory } from './define-errors.js';
export {
  invalidField,
  MAX_FIELD_ERRORS,
  platformErrors,
  validationFailed,
  type FieldError,
} from './platform.errors.js';
export { type Fault, usesFaultList } from './error-body.js';
export { type ErrorResponse, toAppError, toErrorResponse } from './error-mapping.js';
export { type OpenAiErrorBody, toOpenAiError, usesOpenAiErrors } from './openai-error.js';
export type { OAuthError, OAuthRouteConfig } from './oauth-error.js';
