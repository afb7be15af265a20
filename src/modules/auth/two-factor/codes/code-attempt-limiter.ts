import { Injectable } from '@nestjs/common';
import { authErrors } from '@/modules/auth/auth.errors.js';
import { AuthMailer } from '@/modules/auth/mail/auth-mailer.js';
import { Metrics } from '@/platform/health/index.js';
import { RateLimiter, type RateLimitReservation } from '@/platform/limits/index.js';
import { Log } from '@/platform/logging/index.js';
import { WRONG_CODE_LIMIT, DAILY_WRONG_CODE_LIMIT } from './code.rules.js';

/**
 * The one counter of wrong codes, for every factor on both faces. An attempt is counted before the code is
 * looked at, so that parallel guesses cannot slip through together.
 */
@Injectable()
export class CodeAttemptLimiter {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly mailer: AuthMailer,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Runs `check`, which answers null for a wrong code. Throws 401 `Invalid code`, or 429 when too many were
   * wrong; then also for the right one.
   */
  async attempt<T>(userId: string, check: () => Promise<T | null>): Promise<T> {
    const [recent, today] = await this.reserve(userId);
    const result = await this.runCheck(check, recent, today);
    if (result === null) {
      await this.recordFailure(userId, today);
      throw authErrors.two_factor_code_invalid();
    }
    await this.limiter.clear(recent);
    await this.limiter.release(today);
    return result;
  }

  private async reserve(userId: string): Promise<[RateLimitReservation, RateLimitReservation]> {
    const recent = await this.limiter.reserve(WRONG_CODE_LIMIT, userId);
    try {
      return [recent, await this.limiter.reserve(DAILY_WRONG_CODE_LIMIT, userId)];
    } catch (error) {
      await this.limiter.release(recent);
      throw error;
    }
  }

  /** What fails for another reason than a wrong code is no attempt. */
  private async runCheck<T>(
    check: () => Promise<T | null>,
    ...reservations: RateLimitReservation[]
  ): Promise<T | null> {
    try {
      return await check();
    } catch (error) {
      for (const reservation of reservations) await this.limiter.release(reservation);
      throw error;
    }
  }

  private async recordFailure(userId: string, today: RateLimitReservation): Promise<void> {
    this.metrics.countEvent('auth.code_wrong');
    this.log.warn('auth.code_wrong', { user_id: userId });
    if (today.count === DAILY_WRONG_CODE_LIMIT.limit)
      await this.mailer.sendNotice(userId, 'two_factor_closed');
  }
}
