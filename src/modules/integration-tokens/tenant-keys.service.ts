import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SecretBox } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { KEY_LIFETIME, KEY_OVERLAP } from './integration-tokens.rules.js';
import type { IntegrationKey } from './persistence/integration-key.entity.js';
import { IntegrationKeyRepository } from './persistence/integration-key.repository.js';

const generateKeyPairAsync = promisify(generateKeyPair);
const RSA_BITS = 2048;
const MAX_CACHED_KEYS = 1000;
export const INTEGRATION_KEY_PURPOSE = 'integration-key';

type NewKey = Pick<IntegrationKey, 'id' | 'kid' | 'public_key' | 'private_key' | 'created_at'>;

export interface TenantSigningKey {
  kid: string;
  key: KeyObject;
}

/**
 * Manages the RSA key pair of each tenant. The first grant creates it; the first grant after 90 days replaces it.
 * Private keys are encrypted at rest.
 */
@Injectable()
export class TenantKeysService {
  private readonly privateKeys = new LRUCache<string, KeyObject>({ max: MAX_CACHED_KEYS });
  private readonly pendingActivations = new Map<string, Promise<void>>();

  constructor(
    private readonly keys: IntegrationKeyRepository,
    private readonly box: SecretBox,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the active key pair. Creates or replaces it first when necessary, which is slow: call it before a
   * transaction is open.
   */
  async getSigningKey(organizationId: OrganizationId): Promise<TenantSigningKey> {
    const active = await this.keys.findActive(organizationId);
    if (!active || active.created_at <= this.clock.after(-KEY_LIFETIME)) {
      await this.activateOnce(organizationId, active);
      return this.getSigningKey(organizationId);
    }
    return { kid: active.kid, key: this.openPrivateKey(active) };
  }

  /** Returns the keys that verify tokens of this tenant, the active one first. */
  listPublished(organizationId: OrganizationId): Promise<IntegrationKey[]> {
    return this.keys.listPublished(organizationId, this.clock.now());
  }

  /** Generates a key pair without storing it. Slow: call it outside a transaction. */
  async generateKey(): Promise<NewKey> {
    const { publicKey, privateKey } = await generateKeyPairAsync('rsa', { modulusLength: RSA_BITS });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const kid = createHash('sha256').update(spki).digest('hex').slice(0, 32);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const now = this.clock.now();
    return {
      id: newId(),
      kid,
      public_key: spki,
      private_key: this.box.seal(INTEGRATION_KEY_PURPOSE, pem, kid),
      created_at: now,
    };
  }

  /** Replaces `current` with `next`. Returns false when a concurrent request has already replaced it. */
  async activate(
    organizationId: OrganizationId,
    current: IntegrationKey | undefined,
    next: NewKey,
  ): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      if (current) {
        const until = this.clock.after(KEY_OVERLAP);
        if (!(await this.keys.retire(organizationId, current.kid, this.clock.now(), until))) return false;
      }
      return this.keys.insert(organizationId, next);
    });
  }

  findActive(organizationId: OrganizationId): Promise<IntegrationKey | undefined> {
    return this.keys.findActive(organizationId);
  }

  /** Replaces the active key. Concurrent callers in this process share one replacement. */
  private async activateOnce(
    organizationId: OrganizationId,
    current: IntegrationKey | undefined,
  ): Promise<void> {
    const pending = this.pendingActivations.get(organizationId);
    if (pending) return pending;
    const activation = this.generateKey()
      .then((next) => this.activate(organizationId, current, next))
      .then(() => undefined)
      .finally(() => this.pendingActivations.delete(organizationId));
    this.pendingActivations.set(organizationId, activation);
    return activation;
  }

  private openPrivateKey({ kid, private_key }: IntegrationKey): KeyObject {
    const cached = this.privateKeys.get(kid);
    if (cached) return cached;
    const key = createPrivateKey(this.box.open(INTEGRATION_KEY_PURPOSE, private_key, kid));
    this.privateKeys.set(kid, key);
    return key;
  }
}

export function toPublicKey({ public_key }: Pick<IntegrationKey, 'public_key'>): KeyObject {
  return createPublicKey({ key: public_key, format: 'der', type: 'spki' });
}
