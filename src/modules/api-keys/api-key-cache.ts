import type { BlockList } from 'node:net';
import { Injectable } from '@nestjs/common';
import { type CredentialCache, CredentialCacheFactory } from '@/platform/credentials/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { buildAllowList } from './allowed-addresses.rules.js';
import { hashApiKey } from './api-keys.rules.js';
import { ApiKeyRepository, type UsableApiKey } from './persistence/api-key.repository.js';

export interface CachedApiKey extends UsableApiKey {
  /** Null when the key can be used from any address. */
  allowedAddresses: BlockList | null;
}

/**
 * Caches usable keys by their hash, so that most requests are authenticated without a query. Entries are dropped on
 * every node when the key, its creator or its organization changes.
 */
@Injectable()
export class ApiKeyCache {
  private readonly credentials: CredentialCache<CachedApiKey>;

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly clock: Clock,
    caches: CredentialCacheFactory,
  ) {
    this.credentials = caches.create<CachedApiKey>({
      topic: 'api-key',
      maxEntries: 20_000,
      keyedBy: 'hash',
      userId: (key) => key.created_by,
      organizationId: (key) => key.organization_id,
      writeLastSeen: (seen) => keys.touch(seen),
    });
  }

  /** Returns the key from the cache or the database; null for an unknown, suspended or expired key. */
  findUsable(key: string): Promise<CachedApiKey | null> {
    const hash = hashApiKey(key);
    return this.credentials.find(hash.toString('base64'), () => this.load(hash));
  }

  /** Returns those of the keys that can be used, from the database. */
  listUsable(ids: readonly string[]): Promise<string[]> {
    return this.keys.listUsable(ids, this.clock.now());
  }

  /** Records a use of the key; `last_used_at` is written in the background, at most once a minute. */
  markUsed(id: string): void {
    this.credentials.markSeen(id);
  }

  /** Drops the key from the cache of every node when the surrounding transaction commits. */
  invalidate(id: string): Promise<void> {
    return this.credentials.publishChange(id);
  }

  private async load(hash: Buffer): Promise<CachedApiKey | null> {
    const key = await this.keys.findUsable(hash, this.clock.now());
    return key && { ...key, allowedAddresses: buildAllowList(key.allowed_ips) };
  }
}
