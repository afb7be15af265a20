import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
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
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Succeeds without an e-mail to the new address if it belongs to another account: the response reveals nothing. */
  async requestChange(
    actor: SessionActor,
    client: ClientInfo,
    { email, password }: ChangeEmailRequest,
  ): Promise<void> {
    this.mailer.assertConfigured();
    await this.reauthentication.verifyPassword(actor, client, password);
    await this.limiter.consume(EMAIL_CHANGE_LIMIT, actor.userId);
    const taken = (await this.accounts.findByEmail(email)) !== null;
    await this.unitOfWork.run(async () => {
      await this.mailer.sendNotice(actor.userId, 'email_change_announced');
      if (!taken)
        await this.mailer.sendEmailVerification(
          email,
          await this.emailTokens.issue(actor.userId, 'change_email', email),
        );
    });
  }
}
