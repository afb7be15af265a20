import { TestClock } from '@test/support/app/test-clock.js';
import type { AccessChangeNotifier } from '../events/index.js';
import type { Log } from '../logging/index.js';
import type { Database, NotificationBus } from '../persistence/index.js';
import { type CredentialCache, CredentialCacheFactory } from './credential-cache.js';

interface Key {
  id: string;
  expires_at: Date | null;
  user: string;
  organization: string;
}

/** Calls the handlers of a topic, as a message of another node does. */
class FakeMessages {
  readonly handlers = new Map<string, (id: string) => void>();
  readonly published: string[] = [];
  readonly isReliable = true;
  afterCommitHooks: (() => void)[] = [];

  onReset(): void {}

  subscribe(topic: string, handler: (id: string) => void): void {
    this.handlers.set(topic, handler);
  }

  publish(topic: string, id: string): Promise<void> {
    this.published.push(`${topic} ${id}`);
    return Promise.resolve();
  }

  afterCommit(hook: () => void): Promise<void> {
    this.afterCommitHooks.push(hook);
    return Promise.resolve();
  }

  onUserAccessChanged(handler: (id: string) => void): void {
    this.handlers.set('user', handler);
  }

  onOrganizationAccessChanged(handler: (id: string) => void): void {
    this.handlers.set('organization', handler);
  }
}

describe.each(['id', 'hash'] as const)('a cache of credentials that is keyed by %s', (keyedBy) => {
  let messages: FakeMessages;
  let clock: TestClock;
  let cache: CredentialCache<Key>;
  let loads: string[];

  beforeEach(() => {
    [messages, clock, loads] = [new FakeMessages(), new TestClock(), []];
    clock.freeze();
    const factory = new CredentialCacheFactory(
      messages as unknown as NotificationBus,
      messages as unknown as AccessChangeNotifier,
      clock,
      {} as Log,
      { beforeClose: () => undefined } as unknown as Database,
    );
    cache = factory.create<Key>({
      topic: 'key',
      maxEntries: 10,
      keyedBy,
      userId: (key) => key.user,
      organizationId: (key) => key.organization,
      writeLastSeen: () => Promise.resolve(),
    });
  });

  /** Returns the credential whose user and organization have the same suffix as its id. */
  function find(id: string, fields: Partial<Key> = {}): Promise<Key | null> {
    return cache.find(keyedBy === 'id' ? id : `hash of ${id}`, () => {
      loads.push(id);
      return Promise.resolve({
        id,
        expires_at: null,
        user: `user ${id}`,
        organization: `org ${id}`,
        ...fields,
      });
    });
  }

  it('loads a credential once', async () => {
    expect(await find('1')).toMatchObject({ id: '1' });
    expect(await find('1')).toMatchObject({ id: '1' });
    expect(loads).toEqual(['1']);
  });

  it('returns null for an unknown credential', async () => {
    expect(await cache.find('x', () => Promise.resolve(null))).toBeNull();
  });

  it('returns null from the moment of expiry on', async () => {
    const expires_at = clock.after(60);
    expect(await find('1', { expires_at })).not.toBeNull();
    clock.advance(59.999);
    expect(await find('1')).not.toBeNull();
    clock.advance(0.001);
    expect(await find('1')).toBeNull();
    expect(loads).toEqual(['1']);
  });

  it.each([
    ['its own topic', 'key', '1'],
    ['its user', 'user', 'user 1'],
    ['its organization', 'organization', 'org 1'],
  ])('loads a credential again after a message about %s, and no other', async (_what, topic, id) => {
    await find('1');
    await find('2');
    messages.handlers.get(topic)?.(id);
    await find('1');
    await find('2');
    expect(loads).toEqual(['1', '2', '1']);
  });

  it('publishes a change, and forgets the credential on this node after the commit', async () => {
    await find('1');
    await cache.publishChange('1');
    expect(messages.published).toEqual(['key 1']);
    await find('1');
    expect(loads).toEqual(['1']);
    messages.afterCommitHooks.forEach((hook) => hook());
    await find('1');
    expect(loads).toEqual(['1', '1']);
  });
});
