import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { PasswordChangeService } from '../account/password-change.service.js';
import { authErrors } from '../auth.errors.js';
import { EmailTokens } from '../mail/email-tokens.js';
import type { EmailTokenPurpose } from '../mail/persistence/email-token.entity.js';
import type { EmailTokenDetails } from '../mail/persistence/email-token.repository.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { PasswordVerifier } from '../passwords/password-verifier.js';

const PASSWORD_PURPOSES: EmailTokenPurpose[] = ['reset_password', 'set_password', 'replace_password'];

/** Sets passwords with links and with the tokens of a log-in that requires a new password. */
@Injectable()
export class PasswordLinkService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly passwordChange: PasswordChangeService,
    private readonly passwordVerifier: PasswordVerifier,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Sets a new password, ends all sessions of the account and suspends its API keys. An e-mailed link also verifies
   * the address, and clears the limits of wrong passwords. Throws `link_invalid`, `password_too_weak`.
   */
  async resetPassword(token: string, password: string): Promise<void> {
    const emailToken = await this.emailTokens.verify(token, PASSWORD_PURPOSES);
    const { user_id: userId, email, purpose } = emailToken;
    const user = await this.accounts.find(userId);
    const forbiddenHash = purpose === 'replace_password' ? user?.password_hash : null;
    const hash = await this.newPasswordHasher.hash(password, [email], forbiddenHash);
    await this.unitOfWork.run(async () => {
      await this.takePossession(token, emailToken);
      await this.passwordChange.change(userId, hash, null);
      await this.accounts.suspendKeys(userId);
    });
    if (purpose !== 'replace_password') await this.passwordVerifier.clearFailures(userId);
  }

  /**
   * The welcome link and the first own password accept the account of an organization. A reset comes from the holder of
   * the address alone: if they had neither accepted the account nor verified the address before, an organization which
   * created or filled it without them does not manage it any more.
   */
  private async takePossession(token: string, { user_id: userId }: EmailTokenDetails): Promise<void> {
    const account = await this.accounts.lock(userId);
    const { purpose, email } = await this.emailTokens.consume(token, PASSWORD_PURPOSES);
    if (purpose !== 'replace_password' && email !== account.email) throw authErrors.link_invalid();
    const isKnownToHolder = account.accepted_at !== null && account.email_verified_at !== null;
    if (purpose === 'reset_password' && !isKnownToHolder) await this.accounts.dropHomeOrganization(userId);
    if (purpose === 'set_password') await this.accounts.markHomeOrganizationSelfJoined(account);
    if (purpose !== 'replace_password') await this.accounts.markEmailVerified(userId, email);
    await this.accounts.markAccepted(account);
  }
}
