import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { ClientInfo, SessionActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailLinkSender } from './email-link-sender.js';

const RESET_LIMIT: RateLimitPolicy = { name: 'forgot-password', limit: 3, window: HOUR };
const NETWORK_RESET_LIMIT: RateLimitPolicy = { name: 'forgot-password-network', limit: 100, window: HOUR };
const VERIFICATION_LIMIT: RateLimitPolicy = { name: 'resend-verification', limit: 3, window: HOUR };
const NETWORK_VERIFICATION_LIMIT: RateLimitPolicy = {
  name: 'resend-verification-network',
  limit: 100,
  window: HOUR,
};

/** Accepts requests for links. Responses, limits and times are the same whether or not an address has an account. */
@Injectable()
export class EmailLinkRequestService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sender: EmailLinkSender,
    private readonly mailer: AuthMailer,
    private readonly limiter: RateLimiter,
  ) {}

  async requestPasswordReset(client: ClientInfo, email: string): Promise<void> {
    this.mailer.assertConfigured();
    await this.limiter.consume(NETWORK_RESET_LIMIT, client.network);
    await this.limiter.consume(RESET_LIMIT, email);
    await this.sender.queuePasswordReset(email);
  }

  /** Sends a verification link to `requestedEmail`, or to the address of the actor. */
  async resendVerification(
    actor: SessionActor | null,
    client: ClientInfo,
    requestedEmail: string | undefined,
  ): Promise<void> {
    this.mailer.assertConfigured();
    const email = requestedEmail ?? (actor && (await this.accounts.find(actor.userId))?.email);
    if (!email) throw invalidField('email', 'required', 'is required');
    await this.limiter.consume(NETWORK_VERIFICATION_LIMIT, client.network);
    await this.limiter.consume(VERIFICATION_LIMIT, email);
    await this.sender.queueVerification(email);
  }

  /** Sends the verification link of a new account. Runs in the caller's transaction. */
  async sendVerification(userId: string, email: string): Promise<void> {
    await this.sender.sendVerification(userId, email);
  }
}
