import { Injectable } from '@nestjs/common';
import { authErrors } from '@/modules/auth/auth.errors.js';
import { AuthMailer } from '@/modules/auth/mail/auth-mailer.js';
import { Metrics } from '@/platform/health/index.js';
import { RateLimiter, type RateLimitReservation } from '@/platform/limits/index.js';
import { Log } from '@/platform/logging/index.js';
import { WRONG_CODE_LIMIT, DAILY_WRONG_CODE_LIMIT } from './code.rules.js';

/**
 * Limits wrong codes per user, over all factors and both APIs. An attempt is counted before the code is checked, so
 * concurrent guesses cannot exceed the limit.
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
   * Runs `check`, which returns null for a wrong code. Throws `two_factor_code_invalid` for a wrong code, and 429 for
   * any code after too many wrong ones.
   */
  async attempt<T>(userId: string, check: () => Promise<T | null>): Promise<T> {
    const reservations = await this.limiter.reserve(
      { policy: WRONG_CODE_LIMIT, key: [userId] },
      { policy: DAILY_WRONG_CODE_LIMIT, key: [userId] },
    );
    const result = await this.runCheck(check, reservations);
    if (result === null) {
      await this.recordFailure(userId, reservations);
      throw authErrors.two_factor_code_invalid();
    }
    await this.limiter.succeed(reservations);
    return result;
  }

  /** An error other than a wrong code does not count as an attempt. */
  private async runCheck<T>(
    check: () => Promise<T | null>,
    reservations: RateLimitReservation[],
  ): Promise<T | null> {
    try {
      return await check();
    } catch (error) {
      await this.limiter.release(reservations);
      throw error;
    }
  }

  private async recordFailure(userId: string, reservations: RateLimitReservation[]): Promise<void> {
    this.metrics.countEvent('auth.code_wrong');
    this.log.warn('auth.code_wrong', { user_id: userId });
    const today = reservations.find(({ policy }) => policy === DAILY_WRONG_CODE_LIMIT);
    if (today?.count === DAILY_WRONG_CODE_LIMIT.limit)
      await this.mailer.sendNotice(userId, 'two_factor_closed');
  }
}
