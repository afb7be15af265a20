import { Injectable } from '@nestjs/common';
import { AccountsService, OperatorPolicy } from '@/modules/users/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OutstandingProofsService } from '../account/outstanding-proofs.service.js';
import { authErrors } from '../auth.errors.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import type { EmailTokenPurpose } from '../mail/persistence/email-token.entity.js';

const VERIFICATION_PURPOSES: EmailTokenPurpose[] = ['verify_email', 'change_email'];

/** Verifies addresses with the links that were sent to them. */
@Injectable()
export class EmailLinkService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly operatorPolicy: OperatorPolicy,
    private readonly emailTokens: EmailTokens,
    private readonly outstandingProofs: OutstandingProofsService,
    private readonly mailer: AuthMailer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Verifies the address of an account, or completes a requested change. Throws `link_invalid`, `email_taken`. */
  async verifyEmail(token: string): Promise<void> {
    const { user_id: userId } = await this.emailTokens.verify(token, VERIFICATION_PURPOSES);
    await this.unitOfWork.run(async () => {
      const account = await this.accounts.lock(userId);
      const { purpose, email } = await this.emailTokens.consume(token, VERIFICATION_PURPOSES);
      if (purpose === 'verify_email') await this.accounts.markEmailVerified(userId, email);
      else await this.completeChange(account, email);
    });
  }

  private async completeChange(
    account: Awaited<ReturnType<AccountsService['lock']>>,
    email: string,
  ): Promise<void> {
    // The address may have become the address of an operator after the link was sent.
    if (this.operatorPolicy.isOperatorAddress(email) && !this.operatorPolicy.isOperator(account))
      throw authErrors.link_invalid();
    await this.accounts.setVerifiedEmail(account.id, email);
    await this.outstandingProofs.endAll(account.id);
    await this.mailer.sendEmailReversion(account.email, await this.emailTokens.issueReversion(account));
  }
}
