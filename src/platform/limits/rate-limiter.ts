import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { KeyedHash } from '../crypto/index.js';
import { type AppError, platformErrors } from '../errors/index.js';
import { Clock, secondsUntil } from '../kernel/clock.js';
import { PostgresWindowStore } from './persistence/postgres-window-store.js';
import { hideWindow, showWindow } from './rate-limit-headers.js';
import {
  type RateLimitPolicy,
  type RateLimitReservation,
  type RateLimitDecision,
  type RateLimitUse,
  WindowStore,
} from './rate-limit-policy.js';

/**
 * Limits uses in sliding windows. `consume` bounds the rate of requests; these windows can be stored in Redis. `reserve`
 * counts an attempt before its outcome is known, always in PostgreSQL, and the count can be given back. `RATE_LIMITS=off`
 * disables all windows but locks.
 */
@Injectable()
export class RateLimiter {
  constructor(
    private readonly store: WindowStore,
    private readonly reservations: PostgresWindowStore,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Counts a use. Throws 429 `too_many_attempts` when the window is full. */
  async consume(policy: RateLimitPolicy, ...key: RateLimitUse['key']): Promise<void> {
    if (!this.isEnabled(policy)) return;
    const windowKey = this.hashKey(policy, key);
    const decision = await this.store.consume(policy, windowKey, this.clock.now());
    this.enforce(policy, windowKey, decision);
  }

  /** Counts a use and returns true; returns false, without an error or headers, when the window is full. */
  async tryConsume(policy: RateLimitPolicy, ...key: RateLimitUse['key']): Promise<boolean> {
    if (!this.isEnabled(policy)) return true;
    const { allowed } = await this.store.consume(policy, this.hashKey(policy, key), this.clock.now());
    return allowed;
  }

  /**
   * Throws 429 `too_many_attempts` when one of the windows is full. Counts nothing: use it before work that should not
   * even wait for its turn, and `reserve` when the turn has come.
   */
  async assertOpen(...uses: RateLimitUse[]): Promise<void> {
    const at = this.clock.now();
    const windows = this.toEnabled(uses).map(({ policy, key }) => ({
      policy,
      key: this.hashKey(policy, key),
      at,
    }));
    const decisions = await this.reservations.look(windows);
    decisions.forEach((decision, index) => {
      const window = windows[index];
      if (window && !decision.allowed) this.show(window.policy, window.key, decision);
    });
    const full = decisions.filter(({ allowed }) => !allowed).map(({ retryAt }) => retryAt.getTime());
    if (full.length > 0) throw tooManyAttempts(secondsUntil(new Date(Math.max(...full)), at));
  }

  /**
   * Counts an attempt in all windows in this order, before it is checked. Throws 429 `too_many_attempts` for the first full
   * one; then the attempt is counted in none.
   */
  async reserve(...uses: RateLimitUse[]): Promise<RateLimitReservation[]> {
    const at = this.clock.now();
    const reserved: RateLimitReservation[] = [];
    try {
      for (const { policy, key } of this.toEnabled(uses)) {
        const windowKey = this.hashKey(policy, key);
        const decision = await this.reservations.consume(policy, windowKey, at);
        this.enforce(policy, windowKey, decision);
        reserved.push({ policy, key: windowKey, at, count: decision.count });
      }
    } catch (error) {
      await this.release(reserved);
      throw error;
    }
    return reserved;
  }

  /** Removes an attempt that was not decided, for example because the server failed. */
  async release(reservations: RateLimitReservation[]): Promise<void> {
    await Promise.all(reservations.map((reservation) => this.reservations.release(reservation)));
    for (const { policy, key } of reservations) hideWindow(windowId(policy, key));
  }

  /** Removes an attempt that succeeded, and all attempts before it from windows that are `clearedBySuccess`. */
  async succeed(reservations: RateLimitReservation[]): Promise<void> {
    const [cleared, released] = [true, false].map((clears) =>
      reservations.filter(({ policy }) => (policy.clearedBySuccess ?? false) === clears),
    ) as [RateLimitReservation[], RateLimitReservation[]];
    await Promise.all([
      ...cleared.map(({ policy, key }) => this.reservations.clear(policy, key)),
      this.release(released),
    ]);
    for (const { policy, key } of cleared) hideWindow(windowId(policy, key));
  }

  /** Removes all uses whose key begins with `subject`, such as the attempts on one account from all networks. */
  async clearSubject(policy: RateLimitPolicy, subject: string): Promise<void> {
    await this.reservations.clearPrefix(policy, this.hashKey(policy, [subject]));
  }

  private isEnabled({ lock }: RateLimitPolicy): boolean {
    return this.config.rateLimits || lock === true;
  }

  private toEnabled(uses: RateLimitUse[]): RateLimitUse[] {
    return uses.filter(({ policy }) => this.isEnabled(policy));
  }

  private enforce(policy: RateLimitPolicy, key: Buffer, decision: RateLimitDecision): void {
    this.show(policy, key, decision);
    if (!decision.allowed) throw tooManyAttempts(secondsUntil(decision.retryAt, this.clock.now()));
  }

  private show(policy: RateLimitPolicy, key: Buffer, { count, retryAt }: RateLimitDecision): void {
    showWindow(windowId(policy, key), {
      limit: policy.limit,
      remaining: Math.max(0, policy.limit - count),
      reset: secondsUntil(retryAt, this.clock.now()),
    });
  }

  /** Keys of one subject have a common prefix, so that they can be cleared together. */
  private hashKey({ name }: RateLimitPolicy, [subject, ...parts]: RateLimitUse['key']): Buffer {
    const prefix = this.hash.stableHash('rate-window', name, subject);
    if (parts.length === 0) return prefix;
    return Buffer.concat([prefix, this.hash.stableHash('rate-window', name, subject, ...parts)]);
  }
}

function windowId({ name }: RateLimitPolicy, key: Buffer): string {
  return `${name}:${key.toString('base64url')}`;
}

export function tooManyAttempts(seconds: number): AppError {
  return platformErrors.too_many_attempts({ retryAfter: seconds });
}
