import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import type { Actor } from '@/platform/access/index.js';
import type { LiveSessionResponse } from './dto/live-session.response.js';
import { LiveSessionsService } from './live-sessions.service.js';

/** Gives the replayed response of a start the present state of the session, and a fresh ticket: the stored one has expired. */
@Injectable()
export class LiveStartReplayInterceptor implements NestInterceptor {
  constructor(private readonly sessions: LiveSessionsService) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler<LiveSessionResponse | undefined>,
  ): Observable<unknown> {
    const http = context.switchToHttp();
    const { actor } = http.getRequest<FastifyRequest & { actor: Actor }>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      mergeMap(async (body) => {
        const isReplayed = reply.getHeader('Idempotent-Replayed') !== undefined;
        return body && isReplayed ? this.sessions.refresh(actor, body.session_id) : body;
      }),
    );
  }
}
