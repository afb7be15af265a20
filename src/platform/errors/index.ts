export {
  AppError,
  STATUS_OF,
  type Detail,
  type ErrorKind,
  type ErrorOptions,
  type Facts,
} from './app-error.js';
export { defineErrors, knownErrors, type ErrorDefinition, type ErrorFactory } from './define-errors.js';
export { platformErrors, validationFailed, type FieldFault } from './platform.errors.js';
