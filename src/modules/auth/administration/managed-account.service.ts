import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { PasswordChangeService } from '../account/password-change.service.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

/** What the home organization can do to an account, with all that goes with it. Inside the caller's unit of work. */
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

  /** The owner must replace the password at the next login; sessions end and API keys stand still. */
  async setPassword(userId: string, hash: string): Promise<void> {
    await this.passwordChange.change(userId, hash, null, { mustChange: true });
    await this.accounts.suspendKeys(userId);
  }

  /** Links to the old address end; the new one has to be confirmed. Throws `email_taken`. */
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

  /** Nothing of a closed account works: sessions, logins under way, API keys and grants. */
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
