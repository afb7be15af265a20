import { AppError, STATUS_BY_KIND, type ErrorData, type ErrorKind, type ErrorOptions } from './app-error.js';

export interface ErrorDefinition {
  kind: ErrorKind;
  message: string;
  /** `detail` is the message itself instead of an object. */
  plain?: true;
  /** Value of `error` in a structured `detail`; the code by default. */
  error?: string;
  /** Example of the further fields of a structured `detail`, for the API reference. */
  facts?: ErrorData;
}

/** Creates an error, and describes it for the API reference. */
export interface ErrorFactory extends Readonly<ErrorDefinition> {
  (options?: ErrorOptions): AppError;
  readonly code: string;
  readonly status: number;
}

const factoriesByCode = new Map<string, ErrorFactory>();

/**
 * Declares the errors of a module: `{ note_not_found: { kind: 'not_found', message: '...' } }`. Codes are unique in the
 * application. A contract test compares them with the published list.
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

/** Returns all declared errors by code. */
export function getErrorFactories(): ReadonlyMap<string, ErrorFactory> {
  return factoriesByCode;
}

function createErrorFactory(code: string, definition: ErrorDefinition): ErrorFactory {
  const { kind, message, plain, error = code } = definition;
  const createError = (options: ErrorOptions = {}): AppError => {
    const detail = plain ? message : { error, message, ...options.data };
    return new AppError(code, kind, detail, options);
  };
  return Object.assign(createError, { ...definition, code, status: STATUS_BY_KIND[kind] });
}
