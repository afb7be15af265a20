import { type ExecutionContext, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccessTokenResolver, type SessionActor } from '@/platform/access/index.js';
import { SessionCache } from '../sessions/session-cache.js';
import { AccessTokenGuard, type RequestWithClaims } from './access-token.guard.js';
import { extractBearerToken } from './access-token.strategy.js';
import { type TokenClaims, TokenSigner } from './token-signer.js';

/** Resolves the actor of a request from its access token and the session that the token names. */
@Injectable()
export class SessionAuthenticator extends AccessTokenResolver {
  /** Claims of tokens with a valid signature, which stays valid. Expiry and session are checked at every use. */
  private readonly verifiedTokens = new LRUCache<string, TokenClaims>({ max: 10_000 });

  constructor(
    private readonly guard: AccessTokenGuard,
    private readonly signer: TokenSigner,
    private readonly sessions: SessionCache,
  ) {
    super();
  }

  async isStillValid({ sessionId }: SessionActor): Promise<boolean> {
    return (await this.sessions.findActive(sessionId)) !== null;
  }

  async resolve(context: ExecutionContext): Promise<SessionActor | null> {
    const claims = await this.readClaims(context);
    if (!claims || this.signer.hasExpired(claims) || typeof claims.sid !== 'string') return null;
    const session = await this.sessions.findActive(claims.sid);
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

  private async readClaims(context: ExecutionContext): Promise<TokenClaims | null> {
    const request = context.switchToHttp().getRequest<RequestWithClaims>();
    const token = extractBearerToken(request);
    if (!token) return null;
    const cached = this.verifiedTokens.get(token);
    if (cached) return cached;
    await this.guard.canActivate(context);
    const claims = request.accessTokenClaims ?? null;
    if (claims) this.verifiedTokens.set(token, claims);
    return claims;
  }
}
