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

/** The account whose password was correct, and the hash it was correct for. */
export interface VerifiedPassword {
  id: string;
  password_hash: string;
}

export interface PasswordAttempt {
  /** The username or address as entered; counts failures if it names no account. */
  identifier: string;
  holder: StoredCredentials | undefined;
  password: string;
  network: string;
}

/**
 * Verifies passwords, for every operation that requires one. An attempt is counted before the comparison, per account
 * and network and per account. Unknown accounts take the same time and have the same limits as existing ones.
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

  /** Throws `wrongPasswordError`, or 429 after too many failures. Replaces an outdated hash. */
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
   * Counts the attempt, compares, and releases the count if the password was correct. All three run in one slot of the
   * hashing queue: concurrent logins with the correct password do not exhaust the limit.
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
