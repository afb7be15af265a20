import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, Log } from '../logging/log.js';
import { buildErrorBody } from './error-body.js';
import { toAppError, type ErrorResponse, toErrorResponse } from './error-mapping.js';
import { isOAuthRoute, toOAuthError } from './oauth-error.js';
import { forbidsRetry } from './openai-error.js';
import { type AppError, platformErrors } from './index.js';

/** Sends every error as a response of this API. The cause is logged with the request id and never sent. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const error = nameOwnLimit(toAppError(thrown), request);
    if (error.status >= 500) this.logError(error, request.id);
    sendError(http.getResponse<FastifyReply>(), request.id, toErrorResponse(error));
  }

  /**
   * Logs the cause; an error without one was thrown deliberately and needs no stack. While the database is not available, every
   * request fails for the same reason, so one line a second is enough.
   */
  private logError({ code, cause }: AppError, request_id: string): void {
    if (cause === undefined) this.log.warn('request.refused', { code, request_id });
    else if (code === platformErrors.overloaded.code)
      this.log.warnAtMostEverySecond('database.unavailable', { ...describeError(cause), request_id });
    else this.log.error('request.failed', cause, { code, request_id });
  }
}

/** Configuration of a route that takes larger bodies than the others. */
interface OwnLimitRouteConfig {
  bodyLimit?: number;
}

/** Names the limit of the operation for a body that is larger, when it is not the common one. */
function nameOwnLimit(error: AppError, { routeOptions }: FastifyRequest): AppError {
  const { bodyLimit: max_bytes } = routeOptions.config as OwnLimitRouteConfig;
  if (error.code !== platformErrors.payload_too_large.code || max_bytes === undefined) return error;
  return platformErrors.body_too_large({ data: { max_bytes }, cause: error });
}

export function sendError(reply: FastifyReply, requestId: string, response: ErrorResponse): void {
  if (reply.sent) return;
  const { status, body, retryAfter } = response;
  // Clients of OAuth 2.0 would take this header for a request to authenticate the client.
  const oauthError = isOAuthRoute(reply.request) ? toOAuthError(response) : undefined;
  if (status === 401 && !oauthError) void reply.header('WWW-Authenticate', 'Bearer');
  if (retryAfter !== undefined) void reply.header('Retry-After', String(retryAfter));
  if (forbidsRetry(reply.request.url, response)) void reply.header('X-Should-Retry', 'false');
  // Fastify refuses some requests before the hook that sets these headers, and a cacheable route can be refused after it.
  void reply.header('X-Request-ID', requestId).header('Cache-Control', 'no-store');
  Object.assign(reply.request, { errorCode: body.code });
  void reply
    .status(status)
    .type('application/json')
    .send({ ...buildErrorBody(response, requestId, reply.request), ...oauthError });
}
