import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Metrics } from '@/platform/health/metrics.js';
import { authErrors } from '../auth.errors.js';
import { MailTokens } from '../mail/email-tokens.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { type Opening, SessionsService } from '../sessions/sessions.service.js';

/** What a login leads to while the password is not its owner's own. */
export interface PasswordReplacement {
  resetToken: string;
}

export function replacementRequired({ resetToken }: PasswordReplacement): Error {
  return authErrors.password_change_required({ facts: { reset_token: resetToken } });
}

/** Opens the session a finished login earned, and notes the login. */
@Injectable()
export class Logins {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly tokens: MailTokens,
    private readonly metrics: Metrics,
  ) {}

  /** Where the password was set by somebody else: the token to set one's own with, instead of a session. */
  async replacementDue(userId: string): Promise<PasswordReplacement | null> {
    const user = await this.accounts.find(userId);
    if (!user?.must_change_password) return null;
    return { resetToken: await this.tokens.issue(userId, 'replace_password', user.email) };
  }

  async open(opening: Opening): Promise<Session> {
    await this.accounts.loggedIn(opening.userId);
    this.metrics.count('auth.login');
    return this.sessions.open(opening);
  }
}
