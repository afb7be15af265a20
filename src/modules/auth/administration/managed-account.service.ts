import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { PasswordChangeService } from '../account/password-change.service.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

/** Changes accounts for their home organization, with all consequences. Runs in the caller's transaction. */
@Injectable()
export class ManagedAccountService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwordChange: PasswordChangeService,
    private readonly sessions: SessionsService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
  ) {}

  /** Sets a password that the user must replace at the next login; ends the sessions and suspends the API keys. */
  async setPassword(userId: string, hash: string): Promise<void> {
    await this.passwordChange.change(userId, hash, null, { mustChange: true });
    await this.accounts.suspendKeys(userId);
  }

  /** Sets an unverified address, revokes the links sent to the old one, and notifies both. Throws `email_taken`. */
  async setEmail(userId: string, email: string): Promise<void> {
    const previous = await this.accounts.find(userId);
    await this.accounts.setUnverifiedEmail(userId, email);
    await this.emailTokens.revoke(userId, 'verify_email', 'change_email', 'reset_password', 'set_password');
    await this.mailer.sendNotice(userId, 'email_changed', previous?.email);
    await this.mailer.sendEmailVerification(
      email,
      await this.emailTokens.issue(userId, 'verify_email', email),
    );
  }

  /** Reopens or closes the account. Closing ends sessions and pending logins and suspends the API keys. */
  async setActive(userId: string, isActive: boolean): Promise<void> {
    await this.accounts.setActive(userId, isActive);
    if (isActive) return;
    await this.sessions.endAll(userId, 'deactivated');
    await this.loginChallenges.endAll(userId);
    await this.accounts.suspendKeys(userId);
  }

  async updateContactDetails(
    userId: string,
    name: { first_name?: string | null; last_name?: string | null; phone_number?: string | null },
  ): Promise<void> {
    const { first_name, last_name, phone_number } = name;
    await this.accounts.updateContactDetails(userId, {
      first_name: first_name === null ? '' : first_name,
      last_name: last_name === null ? '' : last_name,
      phone_number,
    });
  }
}
