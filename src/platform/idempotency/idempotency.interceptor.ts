import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import type { ActorRequest } from '../access/actor.js';
import { sendError } from '../errors/error-filter.js';
import { operationOf } from '../openapi/operation-options.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { askedWith, IdempotencyService } from './idempotency.service.js';

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
    return this.once(context, key, operation.status ?? 200, () => lastValueFrom(next.handle()));
  }

  private async once(
    context: ExecutionContext,
    key: string,
    status: number,
    act: () => Promise<unknown>,
  ): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<ActorRequest>();
    const reply = http.getResponse<FastifyReply>();
    const outcome = await this.idempotency.once(askedWith(key, request), status, act);
    if (!outcome.replayed) return of(outcome.body);
    void reply.header('Idempotent-Replayed', 'true');
    if (outcome.status < 400) return of(outcome.body);
    const body = outcome.body as { detail: unknown; code: string };
    sendError(reply, request.id, { status: outcome.status, body });
    return of(undefined);
  }
}
