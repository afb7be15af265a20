import type { BlockList } from 'node:net';
import { Injectable } from '@nestjs/common';
import { AccessChanges } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { Database, Notifications, Sightings, TrustedCache } from '@/platform/persistence/index.js';
import { allowList, hashOf } from './api-keys.rules.js';
import { ApiKeyRepository, type UsableKey } from './persistence/api-key.repository.js';

export interface LiveKey extends UsableKey {
  allowed: BlockList | null;
}

const MAX_KEYS = 20_000;
const KEY = 'api-key';

/** Usable keys by their hash, so that checking one costs no query in the common case. */
@Injectable()
export class KeyCache {
  private readonly entries: TrustedCache<LiveKey>;
  private readonly sightings: Sightings;

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly notifications: Notifications,
    private readonly clock: Clock,
    changes: AccessChanges,
    log: Log,
    database: Database,
  ) {
    this.entries = new TrustedCache(notifications, MAX_KEYS);
    this.sightings = new Sightings((seen) => keys.touch(seen), clock, log, database);
    notifications.on(KEY, (id) => this.forget(id));
    changes.onUser((userId) => this.entries.forgetWhere((key) => key.created_by === userId));
    changes.onOrganization((id) => this.entries.forgetWhere((key) => key.organization_id === id));
  }

  async usable(key: string): Promise<LiveKey | null> {
    const hash = hashOf(key);
    const live = await this.entries.get(hash.toString('base64'), () => this.load(hash));
    if (!live || (live.expires_at && live.expires_at <= this.clock.now())) return null;
    return live;
  }

  /** Notes a use of this key. */
  see(id: string): void {
    this.sightings.see(id);
  }

  /** Announces that a key ended, when the surrounding transaction commits; at once on this node. */
  async ended(id: string): Promise<void> {
    await this.notifications.publish(KEY, id);
    await this.notifications.afterCommit(() => this.forget(id));
  }

  private async load(hash: Buffer): Promise<LiveKey | null> {
    const key = await this.keys.usable(hash, this.clock.now());
    return key && { ...key, allowed: allowList(key.allowed_ips) };
  }

  private forget(id: string): void {
    this.entries.forgetWhere((key) => key.id === id);
  }
}
