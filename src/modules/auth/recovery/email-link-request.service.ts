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

/** Sends links on request. The responses do not reveal whether an address has an account. */
@Injectable()
export class EmailLinkRequestService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Sends a reset link if the address belongs to an active account. */
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

  /** Sends a verification link to `requestedEmail`, or to the address of the actor. */
  async resendVerification(actor: SessionActor | null, requestedEmail: string | undefined): Promise<void> {
    this.mailer.assertConfigured();
    const email = requestedEmail ?? (actor && (await this.accounts.find(actor.userId))?.email);
    if (!email) throw invalidField('email', 'required', 'is required');
    await this.limiter.consume(VERIFICATION_EMAIL_LIMIT, email);
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active || user.email_verified_at) return;
    await this.unitOfWork.run(() => this.sendVerification(user.id, email));
  }

  /** Sends the verification link of a new account. Runs in the caller's transaction. */
  async sendVerification(userId: string, email: string): Promise<void> {
    await this.mailer.sendEmailVerification(
      email,
      await this.emailTokens.issue(userId, 'verify_email', email),
    );
  }
}
