import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OutstandingProofsService } from '../account/outstanding-proofs.service.js';
import { EmailTokens } from '../mail/email-tokens.js';
import type { EmailTokenPurpose } from '../mail/persistence/email-token.entity.js';
import { SessionsService } from '../sessions/sessions.service.js';

const REVERSION: EmailTokenPurpose[] = ['revert_email'];

/** Restores a replaced address, for a user whose account was taken over. */
@Injectable()
export class EmailReversionService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly outstandingProofs: OutstandingProofsService,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Restores the address as it was: an address that was not verified does not become so. Ends everything that an
   * intruder may hold: sessions, keys, codes, links, and the links of later changes. Throws `link_invalid`.
   */
  async revertEmail(token: string): Promise<void> {
    const { user_id: userId } = await this.emailTokens.verify(token, REVERSION);
    await this.unitOfWork.run(async () => {
      await this.accounts.lock(userId);
      const reversion = await this.emailTokens.consume(token, REVERSION);
      await this.accounts.restoreEmail(userId, reversion.email, reversion.email_verified_at);
      await this.emailTokens.revokeLaterReversions(reversion);
      await this.outstandingProofs.endAll(userId);
      await this.sessions.endAll(userId, 'email_reverted');
      await this.accounts.suspendKeys(userId);
    });
  }
}
