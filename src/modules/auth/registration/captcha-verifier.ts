import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import type { ClientInfo } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';

const TIMEOUT_MS = 5000;
const turnstileResponse = z.object({ success: z.boolean() });

/**
 * Verifies captchas of registrations with Cloudflare Turnstile if `TURNSTILE_SECRET` is set. Fails closed:
 * registration is refused while the captcha service cannot be reached.
 */
@Injectable()
export class CaptchaVerifier {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws `captcha_failed`. */
  async assertSolved(token: string, client: ClientInfo): Promise<void> {
    const { turnstile } = this.config;
    if (!turnstile) return;
    this.unitOfWork.assertNoTransaction();
    const body = new URLSearchParams({ secret: turnstile.secret, response: token, remoteip: client.ip });
    if (!token || !(await this.requestVerification(turnstile.verifyUrl, body)))
      throw authErrors.captcha_failed();
  }

  private async requestVerification(url: string, body: URLSearchParams): Promise<boolean> {
    try {
      const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return turnstileResponse.parse(await response.json()).success;
    } catch {
      return false;
    }
  }
}
