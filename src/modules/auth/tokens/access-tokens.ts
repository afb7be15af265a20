import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { ACCESS_TOKEN_LIFETIME } from '../sessions/sessions.rules.js';
import { type TokenKind, TokenSigner } from './token-signer.js';

/** Access tokens, with the type of RFC 9068. */
export const ACCESS_TOKEN: TokenKind = { typ: 'at+jwt', audience: 'xentree' };

/** Issues access tokens. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly signer: TokenSigner,
    private readonly clock: Clock,
  ) {}

  /** Returns a token for this session, valid for `lifetime(session)` seconds. */
  issue(session: Pick<Session, 'id' | 'user_id' | 'expires_at'>): string {
    return this.signer.sign(
      ACCESS_TOKEN,
      { sub: session.user_id, sid: session.id, jti: newId() },
      this.lifetime(session),
    );
  }

  /** Returns the lifetime of a token issued now, in seconds: 15 minutes, or less if the session ends earlier. */
  lifetime({ expires_at }: Pick<Session, 'expires_at'>): number {
    const secondsLeft = Math.floor((expires_at.getTime() - this.clock.millis()) / 1000);
    return Math.min(ACCESS_TOKEN_LIFETIME, Math.max(1, secondsLeft));
  }
}
