import { Injectable } from '@nestjs/common';
import { AccountsService, OperatorPolicy } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import type { RateLimitPolicy } from '@/platform/limits/index.js';
import { ChosenAddressLimiter } from '@/platform/mail/index.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import type { ChangeEmailRequest } from './dto/account.requests.js';

const EMAIL_CHANGE_LIMIT: RateLimitPolicy = { name: 'change-email', limit: 3, window: HOUR };

/** Changes the e-mail address: requested with the password, confirmed by a link sent to the new address. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly reauthentication: ReauthenticationService,
    private readonly accounts: AccountsService,
    private readonly operatorPolicy: OperatorPolicy,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly chosenAddresses: ChosenAddressLimiter,
  ) {}

  /** Succeeds without an e-mail to the new address if it is not available: the response reveals nothing. */
  async requestChange(
    actor: SessionActor,
    client: ClientInfo,
    { email, password }: ChangeEmailRequest,
  ): Promise<void> {
    this.mailer.assertConfigured();
    const verifiedPassword = await this.reauthentication.verifyPassword(actor, client, password);
    const { userId } = actor;
    const chooser = { userId, uses: [{ policy: EMAIL_CHANGE_LIMIT, key: [userId] as [string] }] };
    await this.chosenAddresses.count(chooser, () =>
      this.reauthentication.runReauthenticated(actor, verifiedPassword, async () => {
        await this.mailer.sendNotice(actor.userId, 'email_change_announced');
        // The same work for every address: the time of the response does not tell whether it has an account.
        const discard = !(await this.isAvailable(email, actor.userId));
        const token = await this.emailTokens.issue(actor.userId, 'change_email', email);
        await this.mailer.sendEmailVerification(email, token, { discard });
      }),
    );
  }

  /** The address of an operator is available to operators only: its holder would make the account one with a click. */
  private async isAvailable(email: string, userId: string): Promise<boolean> {
    const { email: currentEmail } = await this.accounts.lock(userId);
    if (email === currentEmail || (await this.accounts.isEmailTaken(email, userId))) return false;
    return !this.operatorPolicy.isOperatorAddress(email) || this.operatorPolicy.isOperatorId(userId);
  }
}
