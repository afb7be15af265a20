import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, Client } from '@/platform/access/actor.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type Policy, RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ChangeEmailRequest } from '../dto/auth.requests.js';
import { AuthMail } from '../mail/auth-mailer.js';
import { MailTokens } from '../mail/email-tokens.js';
import { Reauthentication } from '../passwords/reauthentication.service.js';

const CHANGES: Policy = { name: 'change-email', limit: 3, window: HOUR };

/** A new address: asked for with the password, announced to the old one, confirmed from the new one. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly reauthentication: Reauthentication,
    private readonly accounts: AccountsService,
    private readonly tokens: MailTokens,
    private readonly mail: AuthMail,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Answers the same when the address is somebody else's; then nothing is mailed to it. */
  async request(actor: SessionActor, client: Client, { email, password }: ChangeEmailRequest): Promise<void> {
    this.mail.assertConfigured();
    await this.reauthentication.check(actor, client, password);
    await this.limiter.take(CHANGES, actor.userId);
    const taken = (await this.accounts.findByEmail(email)) !== null;
    await this.unitOfWork.run(async () => {
      await this.mail.notice(actor.userId, 'email_change_announced');
      if (!taken)
        await this.mail.verification(email, await this.tokens.issue(actor.userId, 'change_email', email));
    });
  }
}
