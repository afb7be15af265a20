import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ActorResolver, type SessionActor } from '@/platform/access/actor.js';
import { SessionCache } from '../sessions/session-cache.js';
import { BearerStrategy } from './access-token.strategy.js';

/** Makes the actor of a request from its access token and the session behind it. */
@Injectable()
export class Actors extends ActorResolver {
  constructor(
    private readonly bearer: BearerStrategy,
    private readonly sessions: SessionCache,
  ) {
    super();
  }

  async goesOn({ sessionId }: SessionActor): Promise<boolean> {
    return (await this.sessions.live(sessionId)) !== null;
  }

  async resolve(request: FastifyRequest): Promise<SessionActor | null> {
    const claims = request.headers.authorization === undefined ? null : await this.bearer.read(request);
    const session = typeof claims?.sid === 'string' ? await this.sessions.live(claims.sid) : null;
    if (!session) return null;
    this.sessions.see(session.id);
    return {
      via: 'session',
      userId: session.user_id,
      secondFactor: session.second_factor_at !== null,
      sessionId: session.id,
      passwordAt: session.password_at,
      secondFactorAt: session.second_factor_at,
    };
  }
}
