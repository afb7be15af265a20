import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { OutstandingProofsService } from '../account/outstanding-proofs.service.js';
import { PasswordChangeService } from '../account/password-change.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { ManagedEmailService } from './managed-email.service.js';

/** Changes accounts for their home organization, with all consequences. Runs in the caller's transaction. */
@Injectable()
export class ManagedAccountService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwordChange: PasswordChangeService,
    private readonly emails: ManagedEmailService,
    private readonly secondFactors: SecondFactorsService,
    private readonly sessions: SessionsService,
    private readonly outstandingProofs: OutstandingProofsService,
  ) {}

  /** Locks the account until the end of the transaction. */
  async lock(userId: string): Promise<void> {
    await this.accounts.lock(userId);
  }

  /** Sets a password that the user must replace at the next login; ends the sessions and suspends the API keys. */
  async setPassword(userId: string, hash: string): Promise<void> {
    await this.passwordChange.change(userId, hash, null, { mustChange: true });
    await this.accounts.suspendKeys(userId);
  }

  /** Sets an unverified address, and ends what was sent to the old one. Throws `email_taken`. */
  async setEmail(userId: string, email: string): Promise<void> {
    await this.emails.setEmail(userId, email);
  }

  /** Removes the second factor, ends all sessions, and notifies the user. Throws `two_factor_not_enabled`. */
  async resetTwoFactor(userId: string): Promise<void> {
    await this.secondFactors.reset(userId);
    await this.outstandingProofs.endAll(userId);
  }

  /** Reopens or closes the account. Closing ends sessions, codes, links and pending logins, and suspends the API keys. */
  async setActive(userId: string, isActive: boolean): Promise<void> {
    await this.accounts.setActive(userId, isActive);
    if (isActive) return;
    await this.sessions.endAll(userId, 'deactivated');
    await this.outstandingProofs.endAll(userId);
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
