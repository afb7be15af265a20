import type { FastifyRequest } from 'fastify';
import type { ErrorResponse } from './error-mapping.js';

/** Configuration of a route of OAuth 2.0; see `OperationOptions.oauth`. */
export interface OAuthRouteConfig {
  oauth?: boolean;
}

/** The fields that clients of OAuth 2.0 read. */
export interface OAuthError {
  error: string;
  error_description: string;
}

/** Returns whether errors of the route have the fields of OAuth 2.0. */
export function isOAuthRoute({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as OAuthRouteConfig | undefined)?.oauth === true;
}

/** Returns the error as RFC 6749, section 5.2, names it. */
export function toOAuthError({ status, body: { detail, code } }: ErrorResponse): OAuthError {
  const message = typeof detail === 'string' ? detail : (detail as { message?: string }).message;
  return { error: toOAuthCode(status, code), error_description: toDescription(message ?? code) };
}

function toOAuthCode(status: number, code: string): string {
  if (code === 'unsupported_grant_type') return code;
  if (status === 401 || status === 403) return 'invalid_grant';
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status < 500 ? 'invalid_request' : 'server_error';
}

/** The standard allows only printable ASCII without quotation marks and backslashes. */
function toDescription(message: string): string {
  return message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
}
