import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { MessageResponse } from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { ChallengesService } from '../two-factor/login-challenges.service.js';

/** Logging out, on both faces. */
@Injectable()
export class LogoutService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly refresh: RefreshService,
    private readonly challenges: ChallengesService,
  ) {}

  /** Ends the session of the bearer, of the refresh token, or both; throws `token_invalid` when there is neither. */
  async logout(actor: SessionActor | null, refreshToken: string | undefined): Promise<MessageResponse> {
    const named = refreshToken === undefined ? null : await this.refresh.sessionOf(refreshToken);
    const ids = new Set([actor?.sessionId, named].filter((id) => id != null));
    if (ids.size === 0) throw platformErrors.token_invalid();
    for (const id of ids) await this.sessions.end(id, 'logout');
    return MessageResponse.saying('You are logged out.');
  }

  async logoutEverywhere(actor: SessionActor): Promise<MessageResponse> {
    await this.sessions.endAll(actor.userId, 'logout_all');
    await this.challenges.endAll(actor.userId);
    return MessageResponse.saying('All your sessions are ended.');
  }
}
