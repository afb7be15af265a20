import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Passwords } from '../account/password-change.service.js';
import { AuthMail } from '../mail/auth-mailer.js';
import { MailTokens } from '../mail/email-tokens.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ChallengesService } from '../two-factor/login-challenges.service.js';

/** What the home organization can do to an account, with all that goes with it. Inside the caller's unit of work. */
@Injectable()
export class AccountPowers {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly challenges: ChallengesService,
    private readonly tokens: MailTokens,
    private readonly mail: AuthMail,
  ) {}

  /** The owner must replace the password at the next login; sessions end and API keys stand still. */
  async setPassword(userId: string, hash: string): Promise<void> {
    await this.passwords.change(userId, hash, null, { mustChange: true });
    await this.accounts.suspendKeys(userId);
  }

  /** Links to the old address end; the new one has to be confirmed. Throws `email_taken`. */
  async setEmail(userId: string, email: string): Promise<void> {
    const before = await this.accounts.find(userId);
    await this.accounts.replaceEmail(userId, email);
    await this.tokens.revoke(userId, 'verify_email', 'change_email', 'reset_password', 'set_password');
    await this.mail.notice(userId, 'email_changed', before?.email);
    await this.mail.verification(email, await this.tokens.issue(userId, 'verify_email', email));
  }

  /** Nothing of a closed account works: sessions, logins under way, API keys and grants. */
  async setActive(userId: string, isActive: boolean): Promise<void> {
    await this.accounts.setActive(userId, isActive);
    if (isActive) return;
    await this.sessions.endAll(userId, 'deactivated');
    await this.challenges.endAll(userId);
    await this.accounts.suspendKeys(userId);
  }

  async rename(
    userId: string,
    name: { first_name?: string | null; last_name?: string | null; phone_number?: string | null },
  ): Promise<void> {
    const { first_name, last_name, phone_number } = name;
    await this.accounts.rename(userId, {
      first_name: first_name === null ? '' : first_name,
      last_name: last_name === null ? '' : last_name,
      phone_number,
    });
  }
}
