import { CredentialCacheFactory } from '@/platform/credentials/index.js';
import type { AccessChangeNotifier } from '@/platform/events/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { Log } from '@/platform/logging/index.js';
import type { Database, NotificationBus } from '@/platform/persistence/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { ApiKeyCache } from './api-key-cache.js';
import { hashApiKey } from './api-keys.rules.js';
import type { ApiKeyRepository, UsableApiKey } from './persistence/api-key.repository.js';

const [FIRST, SECOND] = [`xntr-${'A'.repeat(86)}`, `xntr-${'B'.repeat(86)}`] as [string, string];

/** A cache over stored keys in memory, with a notification bus that is controlled by the test. */
class CacheFixture {
  readonly clock = new TestClock();
  readonly stored = new Map<string, UsableApiKey>();
  readonly lookups: string[] = [];
  readonly published: string[] = [];
  readonly touched: string[] = [];
  readonly commitHooks: (() => void)[] = [];
  isReliable = true;
  readonly cache: ApiKeyCache;
  notify: (id: string) => void = () => undefined;
  changeUser: (id: string) => void = () => undefined;
  changeOrganization: (id: string) => void = () => undefined;
  reset: () => void = () => undefined;
  close: () => Promise<void> = () => Promise.resolve();
  /** Runs while a key is being loaded from the database. */
  whileLoading: () => void = () => undefined;

  constructor() {
    this.clock.freeze();
    const caches = new CredentialCacheFactory(
      this.notifications() as NotificationBus,
      this.accessChanges() as AccessChangeNotifier,
      this.clock,
      {} as Log,
      { beforeClose: (stop) => void (this.close = stop) } as Pick<Database, 'beforeClose'> as Database,
    );
    this.cache = new ApiKeyCache(this.keys() as ApiKeyRepository, this.clock, caches);
  }

  store(key: string, changes: Partial<UsableApiKey> = {}): void {
    const row: UsableApiKey = {
      id: `id of ${key.at(-1)}`,
      organization_id: 'acme' as OrganizationId,
      created_by: 'ada',
      scopes: ['rag:read'],
      allowed_ips: [],
      second_factor: false,
      expires_at: null,
      role: 'member',
      enforce_2fa: false,
      creator_has_second_factor: false,
      ...changes,
    };
    this.stored.set(hashApiKey(key).toString('hex'), row);
  }

  private keys(): Pick<ApiKeyRepository, 'findUsable' | 'touch'> {
    return {
      findUsable: (hash) => {
        const row = this.stored.get(hash.toString('hex')) ?? null;
        this.lookups.push(row?.id ?? 'unknown');
        this.whileLoading();
        return Promise.resolve(row);
      },
      touch: (seen) => Promise.resolve(void this.touched.push(...seen.keys())),
    };
  }

  private notifications(): Pick<
    NotificationBus,
    'isReliable' | 'subscribe' | 'onReset' | 'publish' | 'afterCommit'
  > {
    const isReliable = (): boolean => this.isReliable;
    return {
      get isReliable() {
        return isReliable();
      },
      subscribe: (_topic, handler) => void (this.notify = handler),
      onReset: (handler) => void (this.reset = handler),
      publish: (topic, id) => Promise.resolve(void this.published.push(`${topic} ${id}`)),
      afterCommit: (hook) => Promise.resolve(void this.commitHooks.push(hook)),
    };
  }

  private accessChanges(): Pick<AccessChangeNotifier, 'onUserAccessChanged' | 'onOrganizationAccessChanged'> {
    return {
      onUserAccessChanged: (handler) => void (this.changeUser = handler),
      onOrganizationAccessChanged: (handler) => void (this.changeOrganization = handler),
    };
  }
}

describe('the API key cache', () => {
  let fixture: CacheFixture;

  beforeEach(() => {
    fixture = new CacheFixture();
    fixture.store(FIRST);
    fixture.store(SECOND, { created_by: 'bob', organization_id: 'other' as OrganizationId });
  });
  afterEach(() => fixture.close());

  /** Finds both keys once, then returns which of them the next search loads again. */
  async function reloadedAfter(change: () => void): Promise<string[]> {
    for (const key of [FIRST, SECOND]) await fixture.cache.findUsable(key);
    fixture.lookups.length = 0;
    change();
    for (const key of [FIRST, SECOND]) await fixture.cache.findUsable(key);
    return fixture.lookups;
  }

  it('loads a key once', async () => {
    for (let count = 0; count < 5; count += 1)
      expect(await fixture.cache.findUsable(FIRST)).toMatchObject({ id: 'id of A', created_by: 'ada' });
    expect(fixture.lookups).toEqual(['id of A']);
  });

  it('loads an unknown key each time, so that a new key works at once', async () => {
    const key = `xntr-${'C'.repeat(86)}`;
    expect(await fixture.cache.findUsable(key)).toBeNull();
    fixture.store(key);
    expect(await fixture.cache.findUsable(key)).toMatchObject({ id: 'id of C' });
    expect(fixture.lookups).toEqual(['unknown', 'id of C']);
  });

  it('prepares the allow list of a key', async () => {
    expect((await fixture.cache.findUsable(FIRST))?.allowedAddresses).toBeNull();
    fixture.store(SECOND, { allowed_ips: ['10.0.0.0/8'] });
    const list = (await fixture.cache.findUsable(SECOND))?.allowedAddresses;
    expect([list?.check('10.1.2.3'), list?.check('11.1.2.3')]).toEqual([true, false]);
  });

  it('returns null for a cached key from the instant of its expiry', async () => {
    fixture.store(FIRST, { expires_at: fixture.clock.after(60) });
    fixture.clock.advance(59.999);
    expect(await fixture.cache.findUsable(FIRST)).not.toBeNull();
    fixture.clock.advance(0.001);
    expect(await fixture.cache.findUsable(FIRST)).toBeNull();
    expect(fixture.lookups).toHaveLength(1);
  });

  it.each<[string, (given: CacheFixture) => void, string[]]>([
    ['a notification about it', (given) => given.notify('id of A'), ['id of A']],
    ['a notification about another key', (given) => given.notify('id of Z'), []],
    ['a change of its creator', (given) => given.changeUser('bob'), ['id of B']],
    ['a change of another user', (given) => given.changeUser('eve'), []],
    ['a change of its organization', (given) => given.changeOrganization('acme'), ['id of A']],
    ['a change of another organization', (given) => given.changeOrganization('none'), []],
    ['a gap in the notifications', (given) => given.reset(), ['id of A', 'id of B']],
  ])('loads a key again after %s', async (_name, change, reloaded) => {
    expect(await reloadedAfter(() => change(fixture))).toEqual(reloaded);
  });

  it('bypasses the cache while notifications are not reliable', async () => {
    await fixture.cache.findUsable(FIRST);
    fixture.isReliable = false;
    fixture.stored.clear();
    expect(await fixture.cache.findUsable(FIRST)).toBeNull();
    expect(fixture.lookups).toHaveLength(2);
  });

  it('does not keep a key that changes while it is loaded', async () => {
    fixture.whileLoading = () => fixture.notify('id of A');
    await fixture.cache.findUsable(FIRST);
    fixture.whileLoading = () => undefined;
    await fixture.cache.findUsable(FIRST);
    await fixture.cache.findUsable(FIRST);
    expect(fixture.lookups).toEqual(['id of A', 'id of A']);
  });

  it('drops an invalidated key on this node only after the commit, and tells the other nodes', async () => {
    await fixture.cache.findUsable(FIRST);
    await fixture.cache.invalidate('id of A');
    expect(fixture.published).toEqual(['api-key id of A']);
    await fixture.cache.findUsable(FIRST);
    expect(fixture.lookups).toHaveLength(1);
    fixture.commitHooks.forEach((hook) => hook());
    await fixture.cache.findUsable(FIRST);
    expect(fixture.lookups).toHaveLength(2);
  });

  it('writes the uses of a key once, at the latest when the process stops', async () => {
    for (let count = 0; count < 3; count += 1) fixture.cache.markUsed('id of A');
    fixture.cache.markUsed('id of B');
    expect(fixture.touched).toEqual([]);
    await fixture.close();
    expect(fixture.touched).toEqual(['id of A', 'id of B']);
  });
});
