import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';

const RESET_JOB = 'mail.password_reset';
const VERIFICATION_JOB = 'mail.verification';

/**
 * Sends links to addresses that anyone can enter. A job looks up the account, so that the time of the response does not
 * reveal whether the address has one.
 */
@Injectable()
export class EmailLinkSender implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly accounts: AccountsService,
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(RESET_JOB, (email) => this.sendPasswordReset(email as string), 'mail');
    this.jobs.registerHandler(VERIFICATION_JOB, (email) => this.resendVerification(email as string), 'mail');
  }

  /** Sends a reset link if the address belongs to an active account. */
  async queuePasswordReset(email: string): Promise<void> {
    await this.jobs.enqueue(RESET_JOB, email);
  }

  /** Sends a verification link if the address belongs to an active account and is not verified. */
  async queueVerification(email: string): Promise<void> {
    await this.jobs.enqueue(VERIFICATION_JOB, email);
  }

  /** Sends the verification link of an account. Runs in the caller's transaction. */
  async sendVerification(userId: string, email: string): Promise<void> {
    await this.mailer.sendEmailVerification(
      email,
      await this.emailTokens.issue(userId, 'verify_email', email),
    );
  }

  private async sendPasswordReset(email: string): Promise<void> {
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active) return;
    await this.unitOfWork.run(async () => {
      await this.mailer.sendPasswordReset(
        email,
        await this.emailTokens.issue(user.id, 'reset_password', email),
      );
    });
  }

  private async resendVerification(email: string): Promise<void> {
    const user = await this.accounts.findByEmail(email);
    if (!user?.is_active || user.email_verified_at) return;
    await this.unitOfWork.run(() => this.sendVerification(user.id, email));
  }
}
