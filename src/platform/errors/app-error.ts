/** Status code of each kind of error. */
export const STATUS_BY_KIND = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media: 415,
  upgrade_required: 426,
  too_many: 429,
  headers_too_large: 431,
  internal: 500,
  bad_gateway: 502,
  unavailable: 503,
  gateway_timeout: 504,
} as const;

export type ErrorKind = keyof typeof STATUS_BY_KIND;

/** Fields of a structured `detail`, in addition to `error` and `message`. */
export type ErrorData = Readonly<Record<string, unknown>>;

export type Detail = string | ({ error: string; message: string } & ErrorData);

export interface ErrorOptions {
  data?: ErrorData;
  /** Logged with the request id, never sent to the client. */
  cause?: unknown;
  /** Seconds of the `Retry-After` header. */
  retryAfter?: number;
  /** The same request fails again: clients that repeat a 5xx by themselves should not. */
  permanent?: true;
}

/** An expected error, which is sent to the client. Every other error becomes 500 `internal_error`. */
export class AppError extends Error {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly permanent: true | undefined;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    readonly detail: Detail,
    { retryAfter, permanent, cause }: Omit<ErrorOptions, 'data'> = {},
  ) {
    super(typeof detail === 'string' ? detail : detail.message, { cause });
    this.status = STATUS_BY_KIND[kind];
    this.retryAfter = retryAfter;
    this.permanent = permanent;
  }
}
