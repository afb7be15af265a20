import { Injectable } from '@nestjs/common';
import type { Client } from '@/platform/access/actor.js';
import { Config } from '@/platform/config/index.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type Policy, RateLimiter } from '@/platform/limits/index.js';
import { authErrors } from '../auth.errors.js';
import { Captcha } from './captcha-verifier.js';

const REGISTRATIONS: Policy = { name: 'register', limit: 10, window: HOUR };

/** Who may open an account at all, before anything is spent on it. */
@Injectable()
export class Admission {
  constructor(
    private readonly config: Config,
    private readonly limiter: RateLimiter,
    private readonly captcha: Captcha,
  ) {}

  /** Somebody with an invitation. */
  assertInvitable(): void {
    if (this.config.registration === 'closed') throw authErrors.registration_closed();
  }

  async assertAdmitted(client: Client, turnstileToken: string): Promise<void> {
    if (this.config.registration === 'closed') throw authErrors.registration_closed();
    if (this.config.registration === 'invite') throw authErrors.registration_invite_only();
    await this.limiter.take(REGISTRATIONS, client.network);
    await this.captcha.assertSolved(turnstileToken, client);
  }
}
