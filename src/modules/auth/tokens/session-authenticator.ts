import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenResolver, type SessionActor } from '@/platform/access/actor.js';
import { SessionCache } from '../sessions/session-cache.js';
import { AccessTokenStrategy } from './access-token.strategy.js';

/** Makes the actor of a request from its access token and the session behind it. */
@Injectable()
export class SessionAuthenticator extends AccessTokenResolver {
  constructor(
    private readonly accessTokenStrategy: AccessTokenStrategy,
    private readonly sessions: SessionCache,
  ) {
    super();
  }

  async isStillValid({ sessionId }: SessionActor): Promise<boolean> {
    return (await this.sessions.findActive(sessionId)) !== null;
  }

  async resolve(request: FastifyRequest): Promise<SessionActor | null> {
    const claims =
      request.headers.authorization === undefined ? null : await this.accessTokenStrategy.readClaims(request);
    const session = typeof claims?.sid === 'string' ? await this.sessions.findActive(claims.sid) : null;
    if (!session) return null;
    this.sessions.markSeen(session.id);
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
