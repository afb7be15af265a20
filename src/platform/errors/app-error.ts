/** What went wrong, in the terms of HTTP; the one place where a kind becomes a status. */
export const STATUS_BY_KIND = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  request_timeout: 408,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media: 415,
  too_many: 429,
  headers_too_large: 431,
  internal: 500,
  bad_gateway: 502,
  unavailable: 503,
  gateway_timeout: 504,
} as const;

export type ErrorKind = keyof typeof STATUS_BY_KIND;

/** Facts a structured `detail` carries besides `error` and `message`. */
export type ErrorData = Readonly<Record<string, unknown>>;

export type Detail = string | ({ error: string; message: string } & ErrorData);

export interface ErrorOptions {
  data?: ErrorData;
  /** Goes to the log under the request id, never to the client. */
  cause?: unknown;
  /** Seconds; becomes the `Retry-After` header. */
  retryAfter?: number;
}

/** The only error a module throws on purpose. */
export class AppError extends Error {
  readonly status: number;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    readonly detail: Detail,
    readonly retryAfter?: number,
    cause?: unknown,
  ) {
    super(typeof detail === 'string' ? detail : detail.message, { cause });
    this.status = STATUS_BY_KIND[kind];
  }
}
