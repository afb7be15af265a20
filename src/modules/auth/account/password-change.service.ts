import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

const ENDED_BY_PASSWORD_CHANGE = [
  'reset_password',
  'set_password',
  'replace_password',
  'change_email',
] as const;

/** Sets passwords, and revokes what was issued under the old one. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Stores `hash`, ends all sessions except `keptSessionId`, all pending logins, all password links and a pending change
   * of address, and notifies the user. With `mustChange` the user must choose a new password at the next login.
   */
  async change(
    userId: string,
    hash: string,
    keptSessionId: string | null,
    { mustChange = false } = {},
  ): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.accounts.setPassword(userId, hash, { mustChange });
      await this.sessions.endAll(userId, 'password_changed', keptSessionId);
      await this.loginChallenges.endAll(userId);
      await this.emailTokens.revoke(userId, ...ENDED_BY_PASSWORD_CHANGE);
      await this.mailer.sendNotice(userId, 'password_changed');
    });
  }
}
