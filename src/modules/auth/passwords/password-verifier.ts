import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { PasswordHasher } from '@/platform/crypto/index.js';
import type { ErrorFactory } from '@/platform/errors/index.js';
import { Metrics } from '@/platform/health/index.js';
import { DAY, MINUTE } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter, type RateLimitReservation } from '@/platform/limits/index.js';
import { Log } from '@/platform/logging/index.js';

const LOGIN_FAILURE_LIMIT: RateLimitPolicy = { name: 'login', limit: 10, window: 15 * MINUTE };
const DAILY_LOGIN_FAILURE_LIMIT: RateLimitPolicy = { name: 'login-day', limit: 100, window: DAY };

export interface StoredCredentials {
  id: string;
  password_hash: string | null;
}

/** Somebody who gave the right password: `password_hash` is what it was right for. */
export interface VerifiedPassword {
  id: string;
  password_hash: string;
}

export interface PasswordAttempt {
  /** What was typed, when it names nobody. */
  identifier: string;
  holder: StoredCredentials | undefined;
  password: string;
  network: string;
}

/**
 * Checks passwords, everywhere one is asked for. A guess is counted before it is compared, per (account,
 * network) and per account; an unknown account takes the time of a known one and runs into the same limits.
 */
@Injectable()
export class PasswordVerifier {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly accounts: AccountsService,
    private readonly limiter: RateLimiter,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Throws `wrong` for a wrong password and 429 after too many; re-hashes an outdated hash. */
  async verify(
    { identifier, holder, password, network }: PasswordAttempt,
    wrongPasswordError: ErrorFactory,
  ): Promise<VerifiedPassword> {
    const accountKey = holder?.id ?? identifier.trim().toLowerCase();
    const storedHash = holder?.password_hash ?? null;
    const matches = await this.hasher.verify(password, storedHash, (compare) =>
      this.compareWithinLimits(accountKey, network, compare),
    );
    if (!matches || !holder || !storedHash) {
      this.metrics.countEvent('auth.login_failed');
      this.log.warn('auth.login_failed', { user_id: holder?.id });
      throw wrongPasswordError();
    }
    if (!this.hasher.isOutdated(storedHash)) return { id: holder.id, password_hash: storedHash };
    const newHash = await this.hasher.hash(password);
    const replaced = await this.accounts.replacePasswordHash(holder.id, storedHash, newHash);
    return { id: holder.id, password_hash: replaced ? newHash : storedHash };
  }

  /**
   * Counts the guess, then compares, then takes the count back if it was right. All of it in one turn of the
   * hashing queue: people who log in many times at once with the right password do not run into each other.
   */
  private async compareWithinLimits(
    accountKey: string,
    network: string,
    compare: () => Promise<boolean>,
  ): Promise<boolean> {
    const [recent, today] = await this.reserve(accountKey, network);
    const matches = await compare();
    if (matches) await Promise.all([this.limiter.clear(recent), this.limiter.release(today)]);
    return matches;
  }

  private async reserve(
    accountKey: string,
    network: string,
  ): Promise<[RateLimitReservation, RateLimitReservation]> {
    const today = await this.limiter.reserve(DAILY_LOGIN_FAILURE_LIMIT, accountKey);
    try {
      return [await this.limiter.reserve(LOGIN_FAILURE_LIMIT, accountKey, network), today];
    } catch (error) {
      await this.limiter.release(today);
      throw error;
    }
  }
}
