import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { PasswordHasher } from '@/platform/crypto/index.js';
import type { ErrorFactory } from '@/platform/errors/index.js';
import { Metrics } from '@/platform/health/metrics.js';
import { DAY, MINUTE } from '@/platform/kernel/durations.js';
import { type Policy, RateLimiter, type Reservation } from '@/platform/limits/index.js';
import { Log } from '@/platform/logging/index.js';

const FAILURES: Policy = { name: 'login', limit: 10, window: 15 * MINUTE };
const FAILURES_A_DAY: Policy = { name: 'login-day', limit: 100, window: DAY };

export interface PasswordHolder {
  id: string;
  password_hash: string | null;
}

/** Somebody who gave the right password: `password_hash` is what it was right for. */
export interface Proven {
  id: string;
  password_hash: string;
}

export interface Guess {
  /** What was typed, when it names nobody. */
  identifier: string;
  holder: PasswordHolder | undefined;
  password: string;
  network: string;
}

/**
 * Checks passwords, everywhere one is asked for. A guess is counted before it is compared, per (account,
 * network) and per account; an unknown account takes the time of a known one and runs into the same limits.
 */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly accounts: AccountsService,
    private readonly limiter: RateLimiter,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Throws `wrong` for a wrong password and 429 after too many; re-hashes an outdated hash. */
  async verify({ identifier, holder, password, network }: Guess, wrong: ErrorFactory): Promise<Proven> {
    const account = holder?.id ?? identifier.trim().toLowerCase();
    const stored = holder?.password_hash ?? null;
    const right = await this.hasher.verify(password, stored, (compare) =>
      this.counted(account, network, compare),
    );
    if (!right || !holder || !stored) {
      this.metrics.count('auth.login_failed');
      this.log.warn('auth.login_failed', { user_id: holder?.id });
      throw wrong();
    }
    if (!this.hasher.isOutdated(stored)) return { id: holder.id, password_hash: stored };
    const fresh = await this.hasher.hash(password);
    const replaced = await this.accounts.rehash(holder.id, stored, fresh);
    return { id: holder.id, password_hash: replaced ? fresh : stored };
  }

  /**
   * Counts the guess, then compares, then takes the count back if it was right. All of it in one turn of the
   * hashing queue: people who log in many times at once with the right password do not run into each other.
   */
  private async counted(account: string, network: string, compare: () => Promise<boolean>): Promise<boolean> {
    const [recent, today] = await this.reserve(account, network);
    const right = await compare();
    if (right) await Promise.all([this.limiter.clear(recent), this.limiter.giveBack(today)]);
    return right;
  }

  private async reserve(account: string, network: string): Promise<[Reservation, Reservation]> {
    const today = await this.limiter.reserve(FAILURES_A_DAY, account);
    try {
      return [await this.limiter.reserve(FAILURES, account, network), today];
    } catch (error) {
      await this.limiter.giveBack(today);
      throw error;
    }
  }
}
