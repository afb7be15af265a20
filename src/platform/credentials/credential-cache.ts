import { Injectable } from '@nestjs/common';
import { AccessChangeNotifier } from '../events/index.js';
import { Clock } from '../kernel/clock.js';
import { Log } from '../logging/index.js';
import { Database, NotificationBus } from '../persistence/index.js';
import { CoherentCache } from './coherent-cache.js';
import { LastSeenWriter, type WriteLastSeen } from './last-seen-writer.js';

export interface CachedCredential {
  readonly id: string;
  readonly expires_at: Date | null;
}

export interface CredentialCacheOptions<Credential extends CachedCredential> {
  /** Topic of the notifications that tell other nodes the id of a changed credential. */
  topic: string;
  maxEntries: number;
  /** `hash`: clients present a secret, and its hash is the key. */
  keyedBy: 'id' | 'hash';
  /** The user whose change of access invalidates the entry. */
  userId: (credential: Credential) => string;
  /** The organization whose change of access invalidates the entry. */
  organizationId?: (credential: Credential) => string;
  /** Stores when credentials were last used, for many ids at once. */
  writeLastSeen: WriteLastSeen;
}

/**
 * Caches credentials that authenticate requests: a check costs no query in the common case. A revocation takes effect on
 * this node when its transaction commits, and on every other node within a second.
 */
export class CredentialCache<Credential extends CachedCredential> {
  private readonly entries: CoherentCache<Credential, 'id' | 'user' | 'organization'>;

  constructor(
    private readonly options: CredentialCacheOptions<Credential>,
    private readonly notifications: NotificationBus,
    private readonly clock: Clock,
    private readonly lastSeenWriter: LastSeenWriter,
  ) {
    this.entries = new CoherentCache(notifications, options.maxEntries, {
      id: options.keyedBy === 'hash' ? ({ id }) => id : undefined,
      user: options.userId,
      organization: options.organizationId,
    });
    notifications.subscribe(options.topic, (id) => this.invalidate(id));
  }

  /** Returns the credential under `key`, from the cache or from `load`, or null when it does not exist or has expired. */
  async find(key: string, load: () => Promise<Credential | null>): Promise<Credential | null> {
    const credential = await this.entries.get(key, load);
    if (!credential || (credential.expires_at && credential.expires_at <= this.clock.now())) return null;
    return credential;
  }

  /** Records a use of the credential; it is stored later, at most once a minute. */
  markSeen(id: string): void {
    this.lastSeenWriter.markSeen(id);
  }

  /** Tells every node that a credential changed or ended, when the surrounding transaction commits. */
  async publishChange(id: string): Promise<void> {
    await this.notifications.publish(this.options.topic, id);
    await this.notifications.afterCommit(() => this.invalidate(id));
  }

  invalidateUser(userId: string): void {
    this.entries.invalidateBy('user', userId);
  }

  invalidateOrganization(organizationId: string): void {
    this.entries.invalidateBy('organization', organizationId);
  }

  private invalidate(id: string): void {
    if (this.options.keyedBy === 'id') this.entries.invalidate(id);
    else this.entries.invalidateBy('id', id);
  }
}

/** Creates the credential caches of the modules. */
@Injectable()
export class CredentialCacheFactory {
  constructor(
    private readonly notifications: NotificationBus,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly database: Database,
  ) {}

  create<Credential extends CachedCredential>(
    options: CredentialCacheOptions<Credential>,
  ): CredentialCache<Credential> {
    const lastSeenWriter = new LastSeenWriter(options.writeLastSeen, this.clock, this.log, this.database);
    const cache = new CredentialCache(options, this.notifications, this.clock, lastSeenWriter);
    this.accessChanges.onUserAccessChanged((id) => cache.invalidateUser(id));
    if (options.organizationId)
      this.accessChanges.onOrganizationAccessChanged((id) => cache.invalidateOrganization(id));
    return cache;
  }
}
