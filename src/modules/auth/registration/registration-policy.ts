import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { authErrors } from '../auth.errors.js';
import { CaptchaVerifier } from './captcha-verifier.js';

const REGISTRATION_LIMIT: RateLimitPolicy = { name: 'register', limit: 10, window: HOUR };

/** Decides whether a client may register, before any expensive work. */
@Injectable()
export class RegistrationPolicy {
  constructor(
    private readonly config: Config,
    private readonly limiter: RateLimiter,
    private readonly captcha: CaptchaVerifier,
  ) {}

  /** Throws `registration_closed` unless invited users may register. */
  assertOpenToInvited(): void {
    if (this.config.registration === 'closed') throw authErrors.registration_closed();
  }

  /** Throws `registration_closed`, `registration_invite_only`, `captcha_failed` or 429. */
  async assertAllowed(client: ClientInfo, turnstileToken: string): Promise<void> {
    if (this.config.registration === 'closed') throw authErrors.registration_closed();
    if (this.config.registration === 'invite') throw authErrors.registration_invite_only();
    await this.limiter.consume(REGISTRATION_LIMIT, client.network);
    await this.captcha.assertSolved(turnstileToken, client);
  }
}
