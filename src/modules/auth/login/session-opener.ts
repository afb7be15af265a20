import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Metrics } from '@/platform/health/metrics.js';
import { authErrors } from '../auth.errors.js';
import { EmailTokens } from '../mail/email-tokens.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { type NewSession, SessionsService } from '../sessions/sessions.service.js';

/** What a login leads to while the password is not its owner's own. */
export interface PasswordReplacement {
  resetToken: string;
}

export function passwordChangeRequiredError({ resetToken }: PasswordReplacement): Error {
  return authErrors.password_change_required({ data: { reset_token: resetToken } });
}

/** Opens the session a finished login earned, and notes the login. */
@Injectable()
export class SessionOpener {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly metrics: Metrics,
  ) {}

  /** Where the password was set by somebody else: the token to set one's own with, instead of a session. */
  async issuePasswordReplacementIfRequired(userId: string): Promise<PasswordReplacement | null> {
    const user = await this.accounts.find(userId);
    if (!user?.must_change_password) return null;
    return { resetToken: await this.emailTokens.issue(userId, 'replace_password', user.email) };
  }

  async open(newSession: NewSession): Promise<Session> {
    await this.accounts.recordLogin(newSession.userId);
    this.metrics.countEvent('auth.login');
    return this.sessions.create(newSession);
  }
}
