import { Injectable } from '@nestjs/common';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/index.js';
import { Metrics } from '@/platform/health/index.js';
import { authErrors } from '../auth.errors.js';
import { EmailTokens } from '../mail/email-tokens.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { type NewSession, SessionsService } from '../sessions/sessions.service.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

/** The result of a login with a password that an administrator set: a token with which the user must set a new one. */
export interface RequiredPasswordChange {
  resetToken: string;
}

/** The first login of a new account: a session, or a challenge to set up a required second factor. */
export type FirstLoginResult = { session: Session } | { tempToken: string };

export function passwordChangeRequiredError({ resetToken }: RequiredPasswordChange): Error {
  return authErrors.password_change_required({ data: { reset_token: resetToken } });
}

/**
 * The last step of every login: records it and opens the session, or asks for a new password first. All methods run in
 * the caller's transaction.
 */
@Injectable()
export class LoginCompletionService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly emailTokens: EmailTokens,
    private readonly metrics: Metrics,
  ) {}

  /** Records the login and opens its session. */
  async complete(newSession: NewSession): Promise<Session> {
    await this.accounts.recordLogin(newSession.userId);
    this.metrics.countEvent('auth.login');
    return this.sessions.create(newSession);
  }

  /** Completes the first login of a new account, unless an organization requires a second factor at login. */
  async completeFirst(userId: string, client: ClientInfo): Promise<FirstLoginResult> {
    const { at_login } = await this.userOrganizations.findSecondFactorRequirement(userId);
    if (at_login) return { tempToken: await this.loginChallenges.create(userId, 'setup', null) };
    return { session: await this.complete({ userId, client, refreshable: false }) };
  }

  /** Returns a reset token if an administrator set the password; null if the user chose it. */
  async issueRequiredPasswordChange(userId: string): Promise<RequiredPasswordChange | null> {
    const user = await this.accounts.find(userId);
    if (!user?.must_change_password) return null;
    return { resetToken: await this.emailTokens.issue(userId, 'replace_password', user.email) };
  }
}
