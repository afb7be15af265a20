import { hash } from 'node:crypto';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccessTokenResolver, type SessionActor } from '@/platform/access/index.js';
import { growingTo } from '@/platform/credentials/index.js';
import { SessionCache } from '../sessions/session-cache.js';
import { AccessTokenGuard, type RequestWithClaims } from './access-token.guard.js';
import { extractBearerToken } from './access-token.strategy.js';
import { type TokenClaims, TokenSigner } from './token-signer.js';

const MAX_VERIFIED_TOKENS = 250_000;

type SessionClaims = Pick<TokenClaims, 'exp'> & { sid: string };

/** Resolves the actor of a request from its access token and the session that the token names. */
@Injectable()
export class SessionAuthenticator extends AccessTokenResolver {
  /**
   * Tokens with a valid signature, which stays valid, by their hash: the cache holds many. Expiry and session are checked
   * at every use.
   */
  private readonly verifiedTokens = new LRUCache<string, SessionClaims>(growingTo(MAX_VERIFIED_TOKENS));

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
    if (!claims || this.signer.hasExpired(claims)) return null;
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

  private async readClaims(context: ExecutionContext): Promise<SessionClaims | null> {
    const request = context.switchToHttp().getRequest<RequestWithClaims>();
    const token = extractBearerToken(request);
    if (!token) return null;
    const key = hash('sha256', token, 'base64');
    const cached = this.verifiedTokens.get(key);
    if (cached) return cached;
    await this.guard.canActivate(context);
    const { exp, sid } = request.accessTokenClaims ?? {};
    if (typeof sid !== 'string') return null;
    this.verifiedTokens.set(key, { exp, sid });
    return { exp, sid };
  }
}
