import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { EmailTokens } from '../mail/email-tokens.js';
import { MessageResponse } from '../message.response.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

/** Logs out, in both APIs. */
@Injectable()
export class LogoutService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly refreshService: RefreshService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly emailTokens: EmailTokens,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Ends the sessions of the access token and of the refresh token. Throws `token_invalid` if neither is valid. */
  async logout(actor: SessionActor | null, refreshToken: string | undefined): Promise<MessageResponse> {
    const tokenSessionId =
      refreshToken === undefined ? null : await this.refreshService.findSessionId(refreshToken);
    const ids = new Set([actor?.sessionId, tokenSessionId].filter((id) => id != null));
    if (ids.size === 0) throw platformErrors.token_invalid();
    for (const id of ids) await this.sessions.end(id, 'logout');
    return MessageResponse.from('You are logged out.');
  }

  /** Also ends log-ins that have been started, and a pending change of address. */
  async logoutAll(actor: SessionActor): Promise<MessageResponse> {
    await this.unitOfWork.run(async () => {
      await this.sessions.endAll(actor.userId, 'logout_all');
      await this.loginChallenges.endAll(actor.userId);
      await this.emailTokens.revoke(actor.userId, 'change_email');
    });
    return MessageResponse.from('You are logged out on all devices.');
  }
}
