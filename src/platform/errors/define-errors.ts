import { AppError, STATUS_BY_KIND, type ErrorKind, type ErrorOptions } from './app-error.js';

export interface ErrorDefinition {
  kind: ErrorKind;
  message: string;
  /** The documentation prints this error's `detail` as a bare string. */
  plain?: true;
  /** The name inside a structured `detail`, where it differs from the code. */
  error?: string;
}

/** Makes one error; also carries what the API reference needs to describe it. */
export interface ErrorFactory extends Readonly<ErrorDefinition> {
  (options?: ErrorOptions): AppError;
  readonly code: string;
  readonly status: number;
}

const factoriesByCode = new Map<string, ErrorFactory>();

/**
 * Declares a module's errors: one small table, `{ note_not_found: { kind: 'not_found', message: '...' } }`.
 * Codes are unique in the application and frozen by a test.
 */
export function defineErrors<Code extends string>(
  table: Record<Code, ErrorDefinition>,
): Readonly<Record<Code, ErrorFactory>> {
  const factories = {} as Record<Code, ErrorFactory>;
  for (const code of Object.keys(table) as Code[]) {
    factories[code] = createErrorFactory(code, table[code]);
    factoriesByCode.set(code, factories[code]);
  }
  return factories;
}

/** Every error the application declares, by code. */
export function getErrorFactories(): ReadonlyMap<string, ErrorFactory> {
  return factoriesByCode;
}

function createErrorFactory(code: string, definition: ErrorDefinition): ErrorFactory {
  const { kind, message, plain, error = code } = definition;
  const createError = (options: ErrorOptions = {}): AppError => {
    const detail = plain ? message : { error, message, ...options.data };
    return new AppError(code, kind, detail, options.retryAfter, options.cause);
  };
  return Object.assign(createError, { ...definition, code, status: STATUS_BY_KIND[kind] });
}
