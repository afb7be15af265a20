import type { BlockList } from 'node:net';
import { Injectable } from '@nestjs/common';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { Database, NotificationBus, LastSeenWriter, CoherentCache } from '@/platform/persistence/index.js';
import { buildAllowList, hashApiKey } from './api-keys.rules.js';
import { ApiKeyRepository, type UsableApiKey } from './persistence/api-key.repository.js';

export interface CachedApiKey extends UsableApiKey {
  allowedAddresses: BlockList | null;
}

const MAX_KEYS = 20_000;
const API_KEY_CHANNEL = 'api-key';

/** Usable keys by their hash, so that checking one costs no query in the common case. */
@Injectable()
export class ApiKeyCache {
  private readonly entries: CoherentCache<CachedApiKey>;
  private readonly lastUseWriter: LastSeenWriter;

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly notifications: NotificationBus,
    private readonly clock: Clock,
    changes: AccessChangeNotifier,
    log: Log,
    database: Database,
  ) {
    this.entries = new CoherentCache(notifications, MAX_KEYS);
    this.lastUseWriter = new LastSeenWriter((seen) => keys.touch(seen), clock, log, database);
    notifications.subscribe(API_KEY_CHANNEL, (id) => this.forget(id));
    changes.onUserAccessChanged((userId) => this.entries.invalidateWhere((key) => key.created_by === userId));
    changes.onOrganizationAccessChanged((id) =>
      this.entries.invalidateWhere((key) => key.organization_id === id),
    );
  }

  async findUsable(key: string): Promise<CachedApiKey | null> {
    const hash = hashApiKey(key);
    const cached = await this.entries.get(hash.toString('base64'), () => this.load(hash));
    if (!cached || (cached.expires_at && cached.expires_at <= this.clock.now())) return null;
    return cached;
  }

  /** Notes a use of this key. */
  markUsed(id: string): void {
    this.lastUseWriter.markSeen(id);
  }

  /** Announces that a key ended, when the surrounding transaction commits; at once on this node. */
  async invalidate(id: string): Promise<void> {
    await this.notifications.publish(API_KEY_CHANNEL, id);
    await this.notifications.afterCommit(() => this.forget(id));
  }

  private async load(hash: Buffer): Promise<CachedApiKey | null> {
    const key = await this.keys.findUsable(hash, this.clock.now());
    return key && { ...key, allowedAddresses: buildAllowList(key.allowed_ips) };
  }

  private forget(id: string): void {
    this.entries.invalidateWhere((key) => key.id === id);
  }
}
