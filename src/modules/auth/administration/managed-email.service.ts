import { Injectable } from '@nestjs/common';
import { AccountsService, OperatorPolicy, userErrors } from '@/modules/users/index.js';
import { OutstandingProofsService } from '../account/outstanding-proofs.service.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';

/** Changes the addresses of accounts for their home organization. Runs in the caller's transaction. */
@Injectable()
export class ManagedEmailService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly operatorPolicy: OperatorPolicy,
    private readonly outstandingProofs: OutstandingProofsService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
  ) {}

  /**
   * Sets an unverified address, ends what was sent to the old one, and notifies both. A user who has not accepted the
   * account gets a new welcome link. Throws `email_taken`, also for the address of an operator.
   */
  async setEmail(userId: string, email: string): Promise<void> {
    if (this.operatorPolicy.isOperatorAddress(email)) throw userErrors.email_taken();
    const previous = await this.accounts.lock(userId);
    await this.accounts.setUnverifiedEmail(userId, email);
    await this.endPending(userId);
    if (!previous.accepted_at) return this.sendWelcome(userId, email);
    await this.mailer.sendNotice(userId, 'email_changed', previous.email);
    await this.mailer.sendEmailVerification(
      email,
      await this.emailTokens.issue(userId, 'verify_email', email),
    );
  }

  /** Ends pending changes of the address, links that would revert one, and all other outstanding codes and links. */
  async endPending(userId: string): Promise<void> {
    await this.outstandingProofs.endAll(userId);
    await this.emailTokens.revoke(userId, 'revert_email');
  }

  /** Sends a welcome link in place of an earlier one, if e-mail is configured. */
  async sendWelcome(userId: string, email: string): Promise<void> {
    if (!this.mailer.isConfigured) return;
    await this.mailer.sendWelcome(email, await this.emailTokens.issue(userId, 'set_password', email));
  }
}
