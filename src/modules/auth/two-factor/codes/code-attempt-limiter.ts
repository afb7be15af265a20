import { Injectable } from '@nestjs/common';
import { authErrors } from '@/modules/auth/auth.errors.js';
import { AuthMail } from '@/modules/auth/mail/auth-mailer.js';
import { Metrics } from '@/platform/health/metrics.js';
import { RateLimiter, type Reservation } from '@/platform/limits/index.js';
import { Log } from '@/platform/logging/index.js';
import { WRONG_CODES, WRONG_CODES_A_DAY } from './code.rules.js';

/**
 * The one counter of wrong codes, for every factor on both faces. An attempt is counted before the code is
 * looked at, so that parallel guesses cannot slip through together.
 */
@Injectable()
export class CodeAttempts {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly mail: AuthMail,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Runs `check`, which answers null for a wrong code. Throws 401 `Invalid code`, or 429 when too many were
   * wrong; then also for the right one.
   */
  async guard<T>(userId: string, check: () => Promise<T | null>): Promise<T> {
    const [recent, today] = await this.reserve(userId);
    const result = await this.run(check, recent, today);
    if (result === null) {
      await this.failed(userId, today);
      throw authErrors.two_factor_code_invalid();
    }
    await this.limiter.clear(recent);
    await this.limiter.giveBack(today);
    return result;
  }

  private async reserve(userId: string): Promise<[Reservation, Reservation]> {
    const recent = await this.limiter.reserve(WRONG_CODES, userId);
    try {
      return [recent, await this.limiter.reserve(WRONG_CODES_A_DAY, userId)];
    } catch (error) {
      await this.limiter.giveBack(recent);
      throw error;
    }
  }

  /** What fails for another reason than a wrong code is no attempt. */
  private async run<T>(check: () => Promise<T | null>, ...reserved: Reservation[]): Promise<T | null> {
    try {
      return await check();
    } catch (error) {
      for (const reservation of reserved) await this.limiter.giveBack(reservation);
      throw error;
    }
  }

  private async failed(userId: string, today: Reservation): Promise<void> {
    this.metrics.count('auth.code_wrong');
    this.log.warn('auth.code_wrong', { user_id: userId });
    if (today.count === WRONG_CODES_A_DAY.limit) await this.mail.notice(userId, 'two_factor_closed');
  }
}
