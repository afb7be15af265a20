import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { SessionRepository } from '../sessions/persistence/session.repository.js';
import { type ActiveSession, SessionCache } from '../sessions/session-cache.js';
import { BEARER_RENEWAL_PERIOD, IDLE_TIMEOUT, REFRESH_GRACE_PERIOD } from '../sessions/sessions.rules.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TokenResponse } from './dto/token.responses.js';
import type { ParsedRefreshToken } from './refresh-tokens.js';
import { TokenPairIssuer } from './token-pair-issuer.js';

/** Issues new tokens for a refresh token or an access token. Each session has one valid refresh token. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly cache: SessionCache,
    private readonly sessionsService: SessionsService,
    private readonly tokenPairs: TokenPairIssuer,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Rotates the refresh token if one is given; else renews the access token of the actor. */
  async refresh(actor: SessionActor | null, refreshToken: string | undefined): Promise<TokenResponse> {
    if (refreshToken !== undefined) return this.rotate(refreshToken);
    return TokenResponse.from(await this.renewByBearer(actor));
  }

  /** Exchanges a refresh token for the next pair of tokens. Throws `token_invalid`. */
  async rotate(token: string): Promise<TokenResponse> {
    const { parsed, session } = await this.verifyToken(token);
    const now = this.clock.now();
    if (
      await this.sessions.rotateRefreshToken(session.id, parsed.counter, now, this.clock.after(-IDLE_TIMEOUT))
    ) {
      return this.tokenPairs.issue(session, parsed.counter + 1);
    }
    return this.handleReuse(parsed, now);
  }

  /** Returns a new access token for the session of the actor. Throws `token_invalid`. */
  async renewByBearer(actor: SessionActor | null): Promise<{ accessToken: string; expiresIn: number }> {
    if (!actor) throw platformErrors.token_invalid();
    const renewed = await this.sessions.renewByBearer(
      actor.sessionId,
      this.clock.now(),
      this.clock.after(-IDLE_TIMEOUT),
      this.clock.after(-BEARER_RENEWAL_PERIOD),
    );
    const session = renewed ? await this.cache.findActive(actor.sessionId) : null;
    if (!session) throw platformErrors.token_invalid();
    return {
      accessToken: this.tokenPairs.accessTokens.issue(session),
      expiresIn: this.tokenPairs.accessTokens.lifetime(session),
    };
  }

  /** Returns the session id of an authentic refresh token of any age, for log-out; null for other text. */
  async findSessionId(token: string): Promise<string | null> {
    const found = await this.verifyToken(token).catch(() => null);
    return found?.session.id ?? null;
  }

  /** A wrong MAC must not end the session: anyone can write a session id into a token. */
  private async verifyToken(token: string): Promise<{ parsed: ParsedRefreshToken; session: ActiveSession }> {
    const parsed = this.tokenPairs.refreshTokens.parse(token);
    const session = parsed && (await this.cache.findActive(parsed.sessionId));
    if (
      !parsed ||
      !session?.refresh_salt ||
      !this.tokenPairs.refreshTokens.isAuthentic(parsed, session.refresh_salt)
    )
      throw platformErrors.token_invalid();
    return { parsed, session };
  }

  /** Handles an authentic token that is not current: a retry within the grace period, or a stolen token. */
  private async handleReuse(parsed: ParsedRefreshToken, now: Date): Promise<TokenResponse> {
    const session = await this.sessions.findActive(parsed.sessionId, now);
    if (!session || session.refresh_counter === null) throw platformErrors.token_invalid();
    const { refresh_counter: currentCounter, refresh_rotated_at: rotatedAt } = session;
    if (currentCounter === parsed.counter) throw platformErrors.token_invalid(); // current, but idle for too long
    const age = rotatedAt ? now.getTime() - rotatedAt.getTime() : Infinity;
    if (currentCounter === parsed.counter + 1 && age <= REFRESH_GRACE_PERIOD * 1000)
      return this.tokenPairs.issue(session, currentCounter);
    await this.sessionsService.end(session.id, 'refresh_token_reused');
    this.log.warn('auth.refresh_token_reused', { session_id: session.id, user_id: session.user_id });
    throw platformErrors.token_invalid();
  }
}
