import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { PasswordChangeService } from '../account/password-change.service.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import type { EmailTokenPurpose } from '../mail/persistence/email-token.entity.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';

const PASSWORD_PURPOSES: EmailTokenPurpose[] = ['reset_password', 'set_password', 'replace_password'];

/** Performs the actions of e-mailed links. */
@Injectable()
export class EmailLinkService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly passwordChange: PasswordChangeService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Sets a new password, ends all sessions of the account and suspends its API keys. An e-mailed link also verifies
   * the address. Throws `link_invalid`, `password_too_weak`.
   */
  async resetPassword(token: string, password: string): Promise<void> {
    const emailToken = await this.emailTokens.verify(token, PASSWORD_PURPOSES);
    const user = await this.accounts.find(emailToken.user_id);
    const forbiddenHash = emailToken.purpose === 'replace_password' ? user?.password_hash : null;
    const hash = await this.newPasswordHasher.hash(password, [emailToken.email], forbiddenHash);
    await this.unitOfWork.run(async () => {
      const { user_id: userId, purpose, email } = await this.emailTokens.consume(token, PASSWORD_PURPOSES);
      if (purpose !== 'replace_password') await this.accounts.markEmailVerified(userId, email);
      if (purpose === 'set_password') await this.accounts.markHomeOrganizationSelfJoined(userId);
      await this.passwordChange.change(userId, hash, null);
      await this.accounts.suspendKeys(userId);
    });
  }

  /** Verifies the address of an account, or completes a requested change. Throws `link_invalid`, `email_taken`. */
  async verifyEmail(token: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const {
        user_id: userId,
        purpose,
        email,
      } = await this.emailTokens.consume(token, ['verify_email', 'change_email']);
      if (purpose === 'verify_email') return this.accounts.markEmailVerified(userId, email);
      const previous = await this.accounts.find(userId);
      await this.accounts.setVerifiedEmail(userId, email);
      await this.emailTokens.revoke(userId, 'verify_email', 'reset_password');
      await this.mailer.sendNotice(userId, 'email_changed', previous?.email);
    });
  }
}
