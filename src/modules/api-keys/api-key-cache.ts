import type { BlockList } from 'node:net';
import { Injectable } from '@nestjs/common';
import { type CredentialCache, CredentialCacheFactory } from '@/platform/credentials/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { buildAllowList, hashApiKey } from './api-keys.rules.js';
import { ApiKeyRepository, type UsableApiKey } from './persistence/api-key.repository.js';

export interface CachedApiKey extends UsableApiKey {
  allowedAddresses: BlockList | null;
}

/** Caches usable API keys by their hash. */
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

  findUsable(key: string): Promise<CachedApiKey | null> {
    const hash = hashApiKey(key);
    return this.credentials.find(hash.toString('base64'), () => this.load(hash));
  }

  /** Records a use of this key. */
  markUsed(id: string): void {
    this.credentials.markSeen(id);
  }

  /** Tells every node that a key ended, when the surrounding transaction commits. */
  invalidate(id: string): Promise<void> {
    return this.credentials.publishChange(id);
  }

  private async load(hash: Buffer): Promise<CachedApiKey | null> {
    const key = await this.keys.findUsable(hash, this.clock.now());
    return key && { ...key, allowedAddresses: buildAllowList(key.allowed_ips) };
  }
}
