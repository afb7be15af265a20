export {
  AppError,
  STATUS_BY_KIND,
  type Detail,
  type ErrorKind,
  type ErrorOptions,
  type ErrorData,
} from './app-error.js';
export { defineErrors, getErrorFactories, type ErrorDefinition, type ErrorFactory } from './define-errors.js';
export { invalidField, platformErrors, validationFailed, type FieldError } from './platform.errors.js';
export { type ErrorResponse, toAppError, toErrorResponse } from './error-mapping.js';
