import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { PasswordHasher } from '@/platform/crypto/index.js';
import type { ErrorFactory } from '@/platform/errors/index.js';
import { Metrics } from '@/platform/health/index.js';
import { DAY, MINUTE } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter, type RateLimitUse } from '@/platform/limits/index.js';
import { Log } from '@/platform/logging/index.js';

const LOGIN_FAILURE_LIMIT: RateLimitPolicy = {
  name: 'login',
  limit: 10,
  window: 15 * MINUTE,
  lock: true,
  clearedBySuccess: true,
};
const DAILY_LOGIN_FAILURE_LIMIT: RateLimitPolicy = { name: 'login-day', limit: 100, window: DAY, lock: true };
const NETWORK_LOGIN_FAILURE_LIMIT: RateLimitPolicy = {
  name: 'login-network',
  limit: 300,
  window: 15 * MINUTE,
  lock: true,
};

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
 * Verifies passwords, for every operation that requires one. An attempt is counted before the comparison: per account
 * and network, per account, and per network. Unknown accounts take the same time and have the same limits as existing
 * ones.
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
    const windows = failureWindows(holder?.id ?? identifier.trim().toLowerCase(), network);
    const storedHash = holder?.password_hash ?? null;
    await this.limiter.assertOpen(...windows); // a limited client does not even wait in the hashing queue
    const matches = await this.hasher.verify(password, storedHash, (compare) =>
      this.compareWithinLimits(windows, compare),
    );
    if (!matches || !holder || !storedHash) {
      this.metrics.countEvent('auth.login_failed');
      this.log.warn('auth.login_failed', { user_id: holder?.id });
      throw wrongPasswordError();
    }
    const currentHash = await this.replaceOutdatedHash(holder.id, storedHash, password);
    if (currentHash === null) throw wrongPasswordError();
    return { id: holder.id, password_hash: currentHash };
  }

  /** Removes the failures of an account from all networks. The failures of a network stay. */
  async clearFailures(userId: string): Promise<void> {
    for (const policy of [LOGIN_FAILURE_LIMIT, DAILY_LOGIN_FAILURE_LIMIT])
      await this.limiter.clearSubject(policy, userId);
  }

  /**
   * Counts the attempt, compares, and releases the count if the password was correct. All three run in one slot of the
   * hashing queue: concurrent logins with the correct password do not exhaust the limit.
   */
  private async compareWithinLimits(
    windows: RateLimitUse[],
    compare: () => Promise<boolean>,
  ): Promise<boolean> {
    const reservations = await this.limiter.reserve(...windows);
    const matches = await compare();
    if (matches) await this.limiter.succeed(reservations);
    return matches;
  }

  /**
   * Returns the stored hash of a correct password. If a concurrent login has replaced an outdated one, that hash is
   * returned; null if the password was changed.
   */
  private async replaceOutdatedHash(
    userId: string,
    storedHash: string,
    password: string,
  ): Promise<string | null> {
    if (!this.hasher.isOutdated(storedHash)) return storedHash;
    const newHash = await this.hasher.hash(password);
    if (await this.accounts.replacePasswordHash(userId, storedHash, newHash)) return newHash;
    const current = (await this.accounts.find(userId))?.password_hash ?? null;
    return (await this.hasher.verify(password, current)) ? current : null;
  }
}

/** The longest window first: it determines `Retry-After` when several are full. */
function failureWindows(accountKey: string, network: string): RateLimitUse[] {
  return [
    { policy: DAILY_LOGIN_FAILURE_LIMIT, key: [accountKey] },
    { policy: NETWORK_LOGIN_FAILURE_LIMIT, key: [network] },
    { policy: LOGIN_FAILURE_LIMIT, key: [accountKey, network] },
  ];
}
