import { Injectable } from '@nestjs/common';
import type { Session } from '../sessions/persistence/session.entity.js';
import { AccessTokens } from './access-tokens.js';
import { TokenResponse } from './dto/token.responses.js';
import { RefreshTokens } from './refresh-tokens.js';

type RefreshableSession = Pick<Session, 'id' | 'user_id' | 'expires_at' | 'refresh_salt'>;

/** Issues access and refresh tokens in pairs. */
@Injectable()
export class TokenPairIssuer {
  constructor(
    readonly accessTokens: AccessTokens,
    readonly refreshTokens: RefreshTokens,
  ) {}

  /** Returns a new access token, and refresh token number `counter`. */
  issue(session: RefreshableSession, counter: number): TokenResponse {
    if (!session.refresh_salt) throw new Error('This session has no refresh token.');
    return TokenResponse.from({
      accessToken: this.accessTokens.issue(session),
      expiresIn: this.accessTokens.lifetime(session),
      refreshToken: this.refreshTokens.issue(session.id, counter, session.refresh_salt),
    });
  }
}
