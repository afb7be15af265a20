import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import type { RequestWithActor } from '../access/actor.js';
import { requestContext } from '../context/request-context.js';
import { sendError } from '../errors/error-filter.js';
import { getOperationOptions } from '../openapi/operation-options.js';
import { parseIdempotencyKey } from './idempotency-key.js';
import { toIdempotentRequest, IdempotencyService } from './idempotency.service.js';

/** Replays the stored response when a request repeats an `Idempotency-Key`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const operation = getOperationOptions(context.getHandler());
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const key = parseIdempotencyKey(request);
    if (!operation?.idempotent || key === undefined) return next.handle();
    return this.runOnce(context, key, operation.status ?? 200, () => lastValueFrom(next.handle()));
  }

  private async runOnce(
    context: ExecutionContext,
    key: string,
    status: number,
    action: () => Promise<unknown>,
  ): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<RequestWithActor>();
    const reply = http.getResponse<FastifyReply>();
    const { idempotent, secretFields } = getOperationOptions(context.getHandler()) ?? {};
    const idempotentRequest = { ...toIdempotentRequest(key, request), secretFields };
    const result =
      idempotent === 'in-transaction'
        ? await this.idempotency.runOnceInTransaction(idempotentRequest, status, action)
        : await this.idempotency.runOnce(idempotentRequest, status, action);
    if (!result.replayed) return of(result.body);
    void reply.header('Idempotent-Replayed', 'true');
    if (result.status < 400) {
      requestContext.setSuccessStatus(result.status);
      return of(result.body);
    }
    const body = result.body as { detail: unknown; code: string };
    sendError(reply, request.id, { status: result.status, body });
    return of(undefined);
  }
}
