import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';

const PASSWORD_RESET_LIMIT: RateLimitPolicy = { name: 'forgot-password', limit: 3, window: HOUR };
const VERIFICATION_EMAIL_LIMIT: RateLimitPolicy = { name: 'resend-verification', limit: 3, window: HOUR };

/** Asking for a link by mail. Nothing here tells whether an address has an account. */
@Injectable()
export class EmailLinkRequestService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async requestPasswordReset(email: string): Promise<void> {
    this.mailer.assertConfigured();
    await this.limiter.consume(PASSWORD_RESET_LIMIT, email);
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active) return;
    await this.unitOfWork.run(async () => {
      await this.mailer.sendPasswordReset(
        email,
        await this.emailTokens.issue(user.id, 'reset_password', email),
      );
    });
  }

  /** For the given address, else for the actor's own. */
  async resendVerification(actor: SessionActor | null, requestedEmail: string | undefined): Promise<void> {
    this.mailer.assertConfigured();
    const email = requestedEmail ?? (actor && (await this.accounts.find(actor.userId))?.email);
    if (!email) throw invalidField('email', 'required', 'is required');
    await this.limiter.consume(VERIFICATION_EMAIL_LIMIT, email);
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active || user.email_verified_at) return;
    await this.unitOfWork.run(() => this.sendVerification(user.id, email));
  }

  /** The mail both registers send; inside the caller's unit of work. */
  async sendVerification(userId: string, email: string): Promise<void> {
    await this.mailer.sendEmailVerification(
      email,
      await this.emailTokens.issue(userId, 'verify_email', email),
    );
  }
}
