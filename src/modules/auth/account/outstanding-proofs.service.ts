import { Injectable } from '@nestjs/common';
import { EmailTokens } from '../mail/email-tokens.js';
import { EmailCodesService } from '../two-factor/codes/email-codes.service.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';

/** The codes, links and started log-ins of an account that are not used yet. */
@Injectable()
export class OutstandingProofsService {
  constructor(
    private readonly emailTokens: EmailTokens,
    private readonly emailCodes: EmailCodesService,
    private readonly loginChallenges: LoginChallengesService,
  ) {}

  /**
   * Ends all of them when the address changes: they were sent to the replaced address, or requested by its holder. Links
   * that restore a replaced address stay. Runs in the caller's transaction.
   */
  async endAll(userId: string): Promise<void> {
    await this.emailTokens.revokeAllExceptReversions(userId);
    await this.emailCodes.endAll(userId);
    await this.loginChallenges.endAll(userId);
  }
}
