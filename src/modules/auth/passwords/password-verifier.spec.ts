import type { AccountsService } from '@/modules/users/index.js';
import type { PasswordHasher } from '@/platform/crypto/index.js';
import type { Metrics } from '@/platform/health/metrics.js';
import type { Log } from '@/platform/logging/index.js';
import { MemoryRateLimiter } from '@test/support/app/memory-rate-limiter.js';
import { authErrors } from '../auth.errors.js';
import { type PasswordAttempt, PasswordVerifier } from './password-verifier.js';

/** Fakes: a hash is `hash(<password>)` or `old(<password>)`, and limits count without time. */
class Fixture {
  readonly steps: string[] = [];
  readonly replaced: string[][] = [];
  readonly logged: unknown[] = [];
  replaceSucceeds = true;
  /** The hash that another request stored. */
  hashNow = 'hash(right)';

  private readonly hasher = {
    verify: async (
      password: string,
      stored: string | null,
      wrap: (compare: () => Promise<boolean>) => Promise<boolean> = (compare) => compare(),
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
    find: async () => ({ password_hash: this.hashNow }),
  } as unknown as AccountsService;

  readonly limits = new MemoryRateLimiter(this.steps);

  readonly verifier = new PasswordVerifier(
    this.hasher,
    this.accounts,
    this.limits.asLimiter(),
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
      'reserve login-network/home',
      'reserve login/ada/home',
      'compare hash(right)',
    ]);
  });

  it('counts nothing after a correct password, and forgets earlier failures of the network', async () => {
    for (let index = 0; index < 9; index += 1) await fixture.verify({ password: 'wrong' });
    expect(await fixture.verify({})).toBe('ada hash(right)');
    expect(fixture.limits.counts.get('login/ada/home')).toBeUndefined();
    expect(fixture.limits.counts.get('login-day/ada')).toBe(9);
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
    expect(fixture.limits.counts.get('login-day/ada')).toBe(10);
  });

  it('refuses an account for all networks after 100 failures in a day', async () => {
    for (let index = 0; index < 100; index += 1)
      await fixture.verify({ password: 'wrong', network: `network-${index}` });
    expect(await fixture.verify({ network: 'another' })).toBe('too_many_attempts');
    expect(fixture.limits.counts.get('login/ada/another')).toBeUndefined();
  });

  it('counts unknown accounts by the normalized identifier', async () => {
    for (const identifier of ['Ghost@Example.com', ' ghost@example.com', 'GHOST@EXAMPLE.COM'])
      await fixture.verify({ identifier, holder: undefined });
    expect(fixture.limits.counts.get('login/ghost@example.com/home')).toBe(3);
  });

  it('counts a known account by its id, whatever identifier was entered', async () => {
    for (const identifier of ['ada', 'ada@example.com'])
      await fixture.verify({ identifier, password: 'wrong' });
    expect(fixture.limits.counts.get('login/ada/home')).toBe(2);
  });

  it('replaces an outdated hash after a correct password only', async () => {
    const holder = { id: 'ada', password_hash: 'old(right)' };
    expect(await fixture.verify({ holder, password: 'wrong' })).toBe('credentials_invalid');
    expect(fixture.replaced).toEqual([]);
    expect(await fixture.verify({ holder })).toBe('ada hash(right)');
    expect(fixture.replaced).toEqual([['ada', 'old(right)', 'hash(right)']]);
  });

  it('returns the hash with which a concurrent login replaced the outdated one', async () => {
    fixture.replaceSucceeds = false;
    const holder = { id: 'ada', password_hash: 'old(right)' };
    expect(await fixture.verify({ holder })).toBe('ada hash(right)');
  });

  it('refuses when a concurrent request changed the password', async () => {
    fixture.replaceSucceeds = false;
    fixture.hashNow = 'hash(another)';
    const holder = { id: 'ada', password_hash: 'old(right)' };
    expect(await fixture.verify({ holder })).toBe('credentials_invalid');
  });

  it('refuses a network after 300 failures, without waiting in the hashing queue', async () => {
    for (let index = 0; index < 300; index += 1)
      await fixture.verify({ identifier: `ghost-${index}`, holder: undefined });
    fixture.steps.length = 0;
    expect(await fixture.verify({})).toBe('too_many_attempts');
    expect(fixture.steps).toEqual([]);
    expect(await fixture.verify({ network: 'office' })).toBe('ada hash(right)');
  });

  it('forgets the failures of an account on all networks when told to, and keeps those of the networks', async () => {
    for (const network of ['home', 'office'])
      for (let index = 0; index < 10; index += 1) await fixture.verify({ password: 'wrong', network });
    await fixture.verifier.clearFailures('ada');
    expect(await fixture.verify({})).toBe('ada hash(right)');
    expect(fixture.limits.count('login-day', 'ada')).toBe(0);
    expect(fixture.limits.count('login-network', 'home')).toBe(10);
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
