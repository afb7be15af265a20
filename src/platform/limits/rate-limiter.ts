import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { requestContext } from '../context/request-context.js';
import { KeyedHash } from '../crypto/index.js';
import { type AppError, platformErrors } from '../errors/index.js';
import { Clock, secondsUntil } from '../kernel/clock.js';
import { PostgresWindowStore } from './persistence/postgres-window-store.js';
import { type Policy, type Reservation, type Verdict, WindowStore } from './rate-limit-policy.js';

/**
 * Two kinds of limit over one sliding window. *Limits* (`take`) bound how often something is asked for and may
 * live in Redis; `RATE_LIMITS=off` lifts them. *Locks* (`reserve`) guard guessing: the attempt is counted
 * before the guess is checked, in PostgreSQL always, and they cannot be lifted.
 */
@Injectable()
export class RateLimiter {
  constructor(
    private readonly store: WindowStore,
    private readonly locks: PostgresWindowStore,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Counts one use, or throws 429 `too_many_attempts`. */
  async take(policy: Policy, ...key: string[]): Promise<void> {
    if (!this.config.rateLimits) return;
    const verdict = await this.store.take(policy, this.key(policy, key), this.clock.now());
    this.judge(policy, verdict);
  }

  /** Counts one attempt at a guess before it is checked, or throws 429 `too_many_attempts`. */
  async reserve(policy: Policy, ...key: string[]): Promise<Reservation> {
    const hashed = this.key(policy, key);
    const at = this.clock.now();
    const verdict = await this.locks.take(policy, hashed, at);
    this.judge(policy, verdict);
    return { policy, key: hashed, at, count: verdict.count };
  }

  /** The attempt was not a failure. */
  async giveBack(reservation: Reservation): Promise<void> {
    await this.locks.giveBack(reservation);
  }

  /** Forgets every failure in the window of this reservation. */
  async clear({ policy, key }: Reservation): Promise<void> {
    await this.locks.clear(policy, key);
  }

  private judge(policy: Policy, { allowed, count, freeAt }: Verdict): void {
    const seconds = secondsUntil(freeAt, this.clock.now());
    requestContext.setHeader('RateLimit-Limit', String(policy.limit));
    requestContext.setHeader('RateLimit-Remaining', String(Math.max(0, policy.limit - count)));
    requestContext.setHeader('RateLimit-Reset', String(seconds));
    if (!allowed) throw tooMany(seconds);
  }

  private key(policy: Policy, parts: string[]): Buffer {
    return this.hash.steady('rate-window', policy.name, ...parts);
  }
}

export function tooMany(seconds: number): AppError {
  return platformErrors.too_many_attempts({ retryAfter: seconds });
}
