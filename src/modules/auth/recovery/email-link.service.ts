import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { Passwords } from '../account/password-change.service.js';
import { AuthMail } from '../mail/auth-mailer.js';
import { MailTokens } from '../mail/email-tokens.js';
import type { MailPurpose } from '../mail/persistence/email-token.entity.js';
import { NewPassword } from '../passwords/new-password-hasher.js';

const PASSWORD_PURPOSES: MailPurpose[] = ['reset_password', 'set_password', 'replace_password'];

/** Following a link that came by mail. */
@Injectable()
export class LinksService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: MailTokens,
    private readonly mail: AuthMail,
    private readonly newPassword: NewPassword,
    private readonly passwords: Passwords,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Sets a new password; every session of the account ends, and its API keys stand still. A mailed link proves the
   * address too.
   */
  async resetPassword(token: string, password: string): Promise<void> {
    const found = await this.tokens.peek(token, PASSWORD_PURPOSES);
    const present = await this.accounts.find(found.user_id);
    const other = found.purpose === 'replace_password' ? present?.password_hash : null;
    const hash = await this.newPassword.hash(password, [found.email], other);
    await this.unitOfWork.run(async () => {
      const { user_id: userId, purpose, email } = await this.tokens.spend(token, PASSWORD_PURPOSES);
      if (purpose !== 'replace_password') await this.accounts.verifyEmail(userId, email);
      if (purpose === 'set_password') await this.accounts.acceptHome(userId);
      await this.passwords.change(userId, hash, null);
      await this.accounts.suspendKeys(userId);
    });
  }

  /** Confirms the address of an account, or a new one that was asked for. */
  async verifyEmail(token: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const {
        user_id: userId,
        purpose,
        email,
      } = await this.tokens.spend(token, ['verify_email', 'change_email']);
      if (purpose === 'verify_email') return this.accounts.verifyEmail(userId, email);
      const before = await this.accounts.find(userId);
      await this.accounts.changeEmail(userId, email);
      await this.tokens.revoke(userId, 'verify_email', 'reset_password');
      await this.mail.notice(userId, 'email_changed', before?.email);
    });
  }
}
