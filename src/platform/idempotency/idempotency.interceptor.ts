import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import type { ActorRequest } from '../http/actor.js';
import { sendError } from '../http/error-filter.js';
import { operationOf, type OperationOptions } from '../http/operation-options.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { IdempotencyService } from './idempotency.service.js';

/** Gives an operation declared `idempotent` its `Idempotency-Key`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const operation = operationOf(context.getHandler());
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const key = idempotencyKeyOf(request);
    if (!operation?.idempotent || key === undefined) return next.handle();
    return this.answer(context, key, operation, () => lastValueFrom(next.handle()));
  }

  private async answer(
    context: ExecutionContext,
    key: string,
    { idempotent, status = 200 }: OperationOptions,
    act: () => Promise<unknown>,
  ): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const { method, url, body, actor = null, routeOptions, id } = http.getRequest<ActorRequest>();
    const reply = http.getResponse<FastifyReply>();
    const route = routeOptions.url ?? url;
    const asked = { key, method, route, url, body, actor };
    const outcome = await (idempotent === 'by itself'
      ? this.idempotency.guard(asked, act)
      : this.idempotency.once(asked, status, act));
    if (!outcome.replayed) return of(outcome.body);
    void reply.header('Idempotent-Replayed', 'true');
    if (outcome.status < 400) return of(outcome.body);
    sendError(reply, id, { status: outcome.status, body: outcome.body as { detail: unknown; code: string } });
    return of(undefined);
  }
}
