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
 * Limits uses in sliding windows. *Limits* (`consume`) bound the rate of requests; they can be stored in Redis, and
 * `RATE_LIMITS=off` disables them. *Locks* (`reserve`) protect secrets against guessing: an attempt is counted before the
 * secret is checked, always in PostgreSQL, and locks cannot be disabled.
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

  /** Counts a use. Throws 429 `too_many_attempts` when the window is full. */
  async consume(policy: RateLimitPolicy, ...key: string[]): Promise<void> {
    if (!this.config.rateLimits) return;
    const decision = await this.store.consume(policy, this.hashKey(policy, key), this.clock.now());
    this.enforce(policy, decision);
  }

  /** Counts an attempt before it is checked. Throws 429 `too_many_attempts` when the window is full. */
  async reserve(policy: RateLimitPolicy, ...key: string[]): Promise<RateLimitReservation> {
    const hashed = this.hashKey(policy, key);
    const at = this.clock.now();
    const decision = await this.lockStore.consume(policy, hashed, at);
    this.enforce(policy, decision);
    return { policy, key: hashed, at, count: decision.count };
  }

  /** Removes an attempt that did not fail. */
  async release(reservation: RateLimitReservation): Promise<void> {
    await this.lockStore.release(reservation);
  }

  /** Removes all attempts in the window of this reservation. */
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
