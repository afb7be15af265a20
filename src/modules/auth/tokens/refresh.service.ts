import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { SessionRepository } from '../sessions/persistence/session.repository.js';
import { type LiveSession, SessionCache } from '../sessions/session-cache.js';
import { BEARER_RENEWAL, IDLE_LIFE, REFRESH_GRACE } from '../sessions/sessions.rules.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TokenResponse } from './dto/token.responses.js';
import type { ParsedRefreshToken } from './refresh-tokens.js';
import { TokenPairs } from './token-pair-issuer.js';

/** Renews access, by refresh token or by bearer. One live lineage per session: contract, decisions 2. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly cache: SessionCache,
    private readonly ends: SessionsService,
    private readonly tokens: TokenPairs,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The Xentree refresh: by the token in the body, else by the bearer, which keeps its refresh token. */
  async byTokenOrBearer(
    actor: SessionActor | null,
    refreshToken: string | undefined,
  ): Promise<TokenResponse> {
    if (refreshToken !== undefined) return this.rotate(refreshToken);
    return TokenResponse.from(await this.renew(actor));
  }

  /** Exchanges a refresh token for the next pair; throws `token_invalid`. */
  async rotate(token: string): Promise<TokenResponse> {
    const { parsed, session } = await this.recognise(token);
    const now = this.clock.now();
    if (await this.sessions.rotate(session.id, parsed.counter, now, this.clock.after(-IDLE_LIFE))) {
      return this.tokens.pair(session, parsed.counter + 1);
    }
    return this.repeat(parsed, now);
  }

  /** A fresh access token for the actor's own session. */
  async renew(actor: SessionActor | null): Promise<{ accessToken: string; expiresIn: number }> {
    if (!actor) throw platformErrors.token_invalid();
    const renewed = await this.sessions.renew(
      actor.sessionId,
      this.clock.now(),
      this.clock.after(-IDLE_LIFE),
      this.clock.after(-BEARER_RENEWAL),
    );
    const session = renewed ? await this.cache.live(actor.sessionId) : null;
    if (!session) throw platformErrors.token_invalid();
    return { accessToken: this.tokens.access.issue(session), expiresIn: this.tokens.access.life(session) };
  }

  /** The session of a genuine refresh token of any age, for a log-out; null for anything else. */
  async sessionOf(token: string): Promise<string | null> {
    const found = await this.recognise(token).catch(() => null);
    return found?.session.id ?? null;
  }

  /** A bad MAC is just a bad token: it must never end the session it names. */
  private async recognise(token: string): Promise<{ parsed: ParsedRefreshToken; session: LiveSession }> {
    const parsed = this.tokens.refresh.parse(token);
    const session = parsed && (await this.cache.live(parsed.sessionId));
    if (!parsed || !session?.refresh_salt || !this.tokens.refresh.isGenuine(parsed, session.refresh_salt))
      throw platformErrors.token_invalid();
    return { parsed, session };
  }

  /** A genuine token that is not the live one: a retry within the grace, or a stolen lineage. */
  private async repeat(parsed: ParsedRefreshToken, now: Date): Promise<TokenResponse> {
    const session = await this.sessions.live(parsed.sessionId, now);
    if (!session || session.refresh_counter === null) throw platformErrors.token_invalid();
    const { refresh_counter: live, refresh_rotated_at: rotated } = session;
    if (live === parsed.counter) throw platformErrors.token_invalid(); // idle for too long
    const age = rotated ? now.getTime() - rotated.getTime() : Infinity;
    if (live === parsed.counter + 1 && age <= REFRESH_GRACE * 1000) return this.tokens.pair(session, live);
    await this.ends.end(session.id, 'refresh_token_reused');
    this.log.warn('auth.refresh_token_reused', { session_id: session.id, user_id: session.user_id });
    throw platformErrors.token_invalid();
  }
}
