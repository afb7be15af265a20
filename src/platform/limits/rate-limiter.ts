import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { requestContext } from '../context/request-context.js';
import { KeyedHash } from '../crypto/index.js';
import { type AppError, platformErrors } from '../errors/index.js';
import { Clock, secondsUntil } from '../kernel/clock.js';
import { PostgresWindowStore } from './persistence/postgres-window-store.js';
import {
  type RateLimitPolicy,
  type RateLimitReservation,
  type RateLimitDecision,
  WindowStore,
} from './rate-limit-policy.js';

/**
 * Two kinds of limit over one sliding window. *Limits* (`take`) bound how often something is asked for and may
 * live in Redis; `RATE_LIMITS=off` lifts them. *Locks* (`reserve`) guard guessing: the attempt is counted
 * before the guess is checked, in PostgreSQL always, and they cannot be lifted.
 */
@Injectable()
export class RateLimiter {
  constructor(
    private readonly store: WindowStore,
    private readonly lockStore: PostgresWindowStore,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Counts one use, or throws 429 `too_many_attempts`. */
  async consume(policy: RateLimitPolicy, ...key: string[]): Promise<void> {
    if (!this.config.rateLimits) return;
    const decision = await this.store.consume(policy, this.hashKey(policy, key), this.clock.now());
    this.enforce(policy, decision);
  }

  /** Counts one attempt at a guess before it is checked, or throws 429 `too_many_attempts`. */
  async reserve(policy: RateLimitPolicy, ...key: string[]): Promise<RateLimitReservation> {
    const hashed = this.hashKey(policy, key);
    const at = this.clock.now();
    const decision = await this.lockStore.consume(policy, hashed, at);
    this.enforce(policy, decision);
    return { policy, key: hashed, at, count: decision.count };
  }

  /** The attempt was not a failure. */
  async release(reservation: RateLimitReservation): Promise<void> {
    await this.lockStore.release(reservation);
  }

  /** Forgets every failure in the window of this reservation. */
  async clear({ policy, key }: RateLimitReservation): Promise<void> {
    await this.lockStore.clear(policy, key);
  }

  private enforce(policy: RateLimitPolicy, { allowed, count, retryAt }: RateLimitDecision): void {
    const seconds = secondsUntil(retryAt, this.clock.now());
    requestContext.setHeader('RateLimit-Limit', String(policy.limit));
    requestContext.setHeader('RateLimit-Remaining', String(Math.max(0, policy.limit - count)));
    requestContext.setHeader('RateLimit-Reset', String(seconds));
    if (!allowed) throw tooManyAttempts(seconds);
  }

  private hashKey(policy: RateLimitPolicy, parts: string[]): Buffer {
    return this.hash.stableHash('rate-window', policy.name, ...parts);
  }
}

export function tooManyAttempts(seconds: number): AppError {
  return platformErrors.too_many_attempts({ retryAfter: seconds });
}
