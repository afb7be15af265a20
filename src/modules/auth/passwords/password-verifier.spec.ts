import type { AccountsService } from '@/modules/users/index.js';
import type { PasswordHasher } from '@/platform/crypto/index.js';
import type { Metrics } from '@/platform/health/metrics.js';
import {
  type RateLimiter,
  type RateLimitPolicy,
  type RateLimitReservation,
  tooManyAttempts,
} from '@/platform/limits/index.js';
import type { Log } from '@/platform/logging/index.js';
import { authErrors } from '../auth.errors.js';
import { type PasswordAttempt, PasswordVerifier } from './password-verifier.js';

/** Fakes: a hash is `hash(<password>)` or `old(<password>)`, and limits count without time. */
class Fixture {
  readonly counts = new Map<string, number>();
  readonly steps: string[] = [];
  readonly replaced: string[][] = [];
  readonly logged: unknown[] = [];
  replaceSucceeds = true;

  private readonly hasher = {
    verify: async (
      password: string,
      stored: string | null,
      wrap: (compare: () => Promise<boolean>) => Promise<boolean>,
    ) => {
      this.steps.push('slot');
      return wrap(async () => {
        this.steps.push(`compare ${stored}`);
        return stored === `hash(${password})` || stored === `old(${password})`;
      });
    },
    hash: async (password: string) => `hash(${password})`,
    isOutdated: (stored: string) => stored.startsWith('old'),
  } as unknown as PasswordHasher;

  private readonly accounts = {
    replacePasswordHash: async (...change: string[]) => (this.replaced.push(change), this.replaceSucceeds),
  } as unknown as AccountsService;

  private readonly limiter = {
    reserve: async (policy: RateLimitPolicy, ...key: string[]): Promise<RateLimitReservation> => {
      const name = [policy.name, ...key].join('/');
      const count = (this.counts.get(name) ?? 0) + 1;
      if (count > policy.limit) throw tooManyAttempts(60);
      this.steps.push(`reserve ${name}`);
      this.counts.set(name, count);
      return { policy, key: Buffer.from(name), at: new Date(0), count };
    },
    release: async ({ key }: RateLimitReservation) => {
      this.steps.push(`release ${key.toString()}`);
      this.counts.set(key.toString(), (this.counts.get(key.toString()) ?? 0) - 1);
    },
    clear: async ({ key }: RateLimitReservation) => void this.counts.delete(key.toString()),
  } as unknown as RateLimiter;

  readonly verifier = new PasswordVerifier(
    this.hasher,
    this.accounts,
    this.limiter,
    { warn: (event: string, fields: unknown) => void this.logged.push([event, fields]) } as unknown as Log,
    { countEvent: (event: string) => void this.logged.push(event) } as unknown as Metrics,
  );

  async verify(attempt: Partial<PasswordAttempt>): Promise<string> {
    const holder = { id: 'ada', password_hash: 'hash(right)' };
    const complete = {
      identifier: 'Ada@Example.com ',
      holder,
      password: 'right',
      network: 'home',
      ...attempt,
    };
    return this.verifier.verify(complete, authErrors.credentials_invalid).then(
      ({ id, password_hash }) => `${id} ${password_hash}`,
      (error: { code: string }) => error.code,
    );
  }
}

describe('PasswordVerifier', () => {
  let fixture: Fixture;

  beforeEach(() => {
    fixture = new Fixture();
  });

  it('returns the account and the hash that matched', async () => {
    expect(await fixture.verify({})).toBe('ada hash(right)');
    expect(fixture.logged).toEqual([]);
  });

  it('throws the given error for a wrong password, an account without password and an unknown account', async () => {
    expect(await fixture.verify({ password: 'wrong' })).toBe('credentials_invalid');
    expect(await fixture.verify({ holder: { id: 'eve', password_hash: null } })).toBe('credentials_invalid');
    expect(await fixture.verify({ holder: undefined })).toBe('credentials_invalid');
  });

  it('does the same work for an unknown account as for a known one', async () => {
    const work = async (attempt: Partial<PasswordAttempt>): Promise<string[]> => {
      const own = new Fixture();
      await own.verify(attempt);
      return own.steps.map((step) => step.split(' ')[0] ?? '');
    };
    expect(await work({ holder: undefined })).toEqual(await work({ password: 'wrong' }));
  });

  it('counts before it compares, inside the slot of the hashing queue', async () => {
    await fixture.verify({ password: 'wrong' });
    expect(fixture.steps).toEqual([
      'slot',
      'reserve login-day/ada',
      'reserve login/ada/home',
      'compare hash(right)',
    ]);
  });

  it('counts nothing after a correct password, and forgets earlier failures of the network', async () => {
    for (let index = 0; index < 9; index += 1) await fixture.verify({ password: 'wrong' });
    expect(await fixture.verify({})).toBe('ada hash(right)');
    expect(fixture.counts.get('login/ada/home')).toBeUndefined();
    expect(fixture.counts.get('login-day/ada')).toBe(9);
  });

  it('refuses also the correct password after ten wrong ones from one network, without comparing it', async () => {
    for (let index = 0; index < 10; index += 1)
      expect(await fixture.verify({ password: 'wrong' })).toBe('credentials_invalid');
    fixture.steps.length = 0;
    expect(await fixture.verify({})).toBe('too_many_attempts');
    expect(fixture.steps.some((step) => step.startsWith('compare'))).toBe(false);
    expect(await fixture.verify({ network: 'office' })).toBe('ada hash(right)');
  });

  it('does not count a refused attempt for the day', async () => {
    for (let index = 0; index < 30; index += 1) await fixture.verify({ password: 'wrong' });
    expect(fixture.counts.get('login-day/ada')).toBe(10);
  });

  it('refuses an account for all networks after 100 failures in a day', async () => {
    for (let index = 0; index < 100; index += 1)
      await fixture.verify({ password: 'wrong', network: `network-${index}` });
    expect(await fixture.verify({ network: 'another' })).toBe('too_many_attempts');
    expect(fixture.counts.get('login/ada/another')).toBeUndefined();
  });

  it('counts unknown accounts by the normalized identifier', async () => {
    for (const identifier of ['Ghost@Example.com', ' ghost@example.com', 'GHOST@EXAMPLE.COM'])
      await fixture.verify({ identifier, holder: undefined });
    expect(fixture.counts.get('login/ghost@example.com/home')).toBe(3);
  });

  it('counts a known account by its id, whatever identifier was entered', async () => {
    for (const identifier of ['ada', 'ada@example.com'])
      await fixture.verify({ identifier, password: 'wrong' });
    expect(fixture.counts.get('login/ada/home')).toBe(2);
  });

  it('replaces an outdated hash after a correct password only', async () => {
    const holder = { id: 'ada', password_hash: 'old(right)' };
    expect(await fixture.verify({ holder, password: 'wrong' })).toBe('credentials_invalid');
    expect(fixture.replaced).toEqual([]);
    expect(await fixture.verify({ holder })).toBe('ada hash(right)');
    expect(fixture.replaced).toEqual([['ada', 'old(right)', 'hash(right)']]);
  });

  it('returns the old hash when a concurrent request changed the password', async () => {
    fixture.replaceSucceeds = false;
    const holder = { id: 'ada', password_hash: 'old(right)' };
    expect(await fixture.verify({ holder })).toBe('ada old(right)');
  });

  it('logs a failure with the user id, and never the identifier', async () => {
    await fixture.verify({ password: 'wrong' });
    await fixture.verify({ holder: undefined, identifier: 'ghost@example.com' });
    expect(fixture.logged).toEqual([
      'auth.login_failed',
      ['auth.login_failed', { user_id: 'ada' }],
      'auth.login_failed',
      ['auth.login_failed', { user_id: undefined }],
    ]);
  });
});
