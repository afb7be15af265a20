import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { authErrors } from '../auth.errors.js';
import { CaptchaVerifier } from './captcha-verifier.js';

/** Accounts that were created. Refused registrations are limited by `RefusedRegistrationInterceptor`. */
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

  /**
   * Runs `createAccount` for a client that may register, and counts it if it succeeds. Throws `registration_closed`,
   * `registration_invite_only`, `captcha_failed` or 429.
   */
  async register<T>(client: ClientInfo, turnstileToken: string, createAccount: () => Promise<T>): Promise<T> {
    if (this.config.registration === 'closed') throw authErrors.registration_closed();
    if (this.config.registration === 'invite') throw authErrors.registration_invite_only();
    const reservations = await this.limiter.reserve({ policy: REGISTRATION_LIMIT, key: [client.network] });
    try {
      await this.captcha.assertSolved(turnstileToken, client);
      return await createAccount();
    } catch (error) {
      await this.limiter.release(reservations);
      throw error;
    }
  }
}
