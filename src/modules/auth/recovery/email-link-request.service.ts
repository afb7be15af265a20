import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor } from '@/platform/access/actor.js';
import { validationFailed } from '@/platform/errors/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type Policy, RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuthMail } from '../mail/auth-mailer.js';
import { MailTokens } from '../mail/email-tokens.js';

const RESET_MAILS: Policy = { name: 'forgot-password', limit: 3, window: HOUR };
const VERIFICATION_MAILS: Policy = { name: 'resend-verification', limit: 3, window: HOUR };

/** Asking for a link by mail. Nothing here tells whether an address has an account. */
@Injectable()
export class LinkRequests {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: MailTokens,
    private readonly mail: AuthMail,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async forgotPassword(email: string): Promise<void> {
    this.mail.assertConfigured();
    await this.limiter.take(RESET_MAILS, email);
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active) return;
    await this.unitOfWork.run(async () => {
      await this.mail.reset(email, await this.tokens.issue(user.id, 'reset_password', email));
    });
  }

  /** For the given address, else for the actor's own. */
  async resendVerification(actor: SessionActor | null, given: string | undefined): Promise<void> {
    this.mail.assertConfigured();
    const email = given ?? (actor && (await this.accounts.find(actor.userId))?.email);
    if (!email) throw validationFailed([{ path: 'email', rule: 'required', message: 'is required' }]);
    await this.limiter.take(VERIFICATION_MAILS, email);
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active || user.email_verified_at) return;
    await this.unitOfWork.run(() => this.sendVerification(user.id, email));
  }

  /** The mail both registers send; inside the caller's unit of work. */
  async sendVerification(userId: string, email: string): Promise<void> {
    await this.mail.verification(email, await this.tokens.issue(userId, 'verify_email', email));
  }
}
