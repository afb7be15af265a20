import {
  type RateLimiter,
  type RateLimitPolicy,
  type RateLimitReservation,
  type RateLimitUse,
  tooManyAttempts,
} from '@/platform/limits/index.js';

type LimiterMethods = Pick<
  RateLimiter,
  'assertOpen' | 'clearSubject' | 'consume' | 'release' | 'reserve' | 'succeed' | 'tryConsume'
>;

/** A limiter in memory without time: a test empties its windows. It records its steps. */
export class MemoryRateLimiter implements LimiterMethods {
  readonly counts = new Map<string, number>();

  constructor(readonly steps: string[] = []) {}

  asLimiter(): RateLimiter {
    return this as unknown as RateLimiter;
  }

  count(policy: RateLimitPolicy | string, ...key: string[]): number {
    return this.counts.get(windowName({ name: typeof policy === 'string' ? policy : policy.name }, key)) ?? 0;
  }

  async consume(policy: RateLimitPolicy, ...key: RateLimitUse['key']): Promise<void> {
    await this.reserve({ policy, key });
  }

  async tryConsume(policy: RateLimitPolicy, ...key: RateLimitUse['key']): Promise<boolean> {
    return this.reserve({ policy, key }).then(
      () => true,
      () => false,
    );
  }

  async assertOpen(...uses: RateLimitUse[]): Promise<void> {
    const full = uses.some(({ policy, key }) => this.count(policy, ...key) >= policy.limit);
    if (full) throw tooManyAttempts(60);
  }

  async reserve(...uses: RateLimitUse[]): Promise<RateLimitReservation[]> {
    const reserved: RateLimitReservation[] = [];
    for (const { policy, key } of uses) {
      const name = windowName(policy, key);
      const count = this.count(policy, ...key) + 1;
      if (count > policy.limit) {
        await this.release(reserved);
        throw tooManyAttempts(60);
      }
      this.steps.push(`reserve ${name}`);
      this.counts.set(name, count);
      reserved.push({ policy, key: Buffer.from(name), at: new Date(0), count });
    }
    return reserved;
  }

  async release(reservations: RateLimitReservation[]): Promise<void> {
    for (const { key } of reservations) {
      const name = key.toString();
      this.steps.push(`release ${name}`);
      this.counts.set(name, (this.counts.get(name) ?? 0) - 1);
    }
  }

  async succeed(reservations: RateLimitReservation[]): Promise<void> {
    const cleared = reservations.filter(({ policy }) => policy.clearedBySuccess);
    for (const { key } of cleared) this.counts.delete(key.toString());
    await this.release(reservations.filter(({ policy }) => !policy.clearedBySuccess));
  }

  async clearSubject({ name }: RateLimitPolicy, subject: string): Promise<void> {
    for (const window of [...this.counts.keys()])
      if (`${window}/`.startsWith(`${name}/${subject}/`)) this.counts.delete(window);
  }
}

function windowName({ name }: Pick<RateLimitPolicy, 'name'>, key: string[]): string {
  return [name, ...key].join('/');
}
