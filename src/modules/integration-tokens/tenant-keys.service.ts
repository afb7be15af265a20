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
export const INTEGRATION_KEY_PURPOSE = 'integration-key';

type NewKey = Pick<IntegrationKey, 'id' | 'kid' | 'public_key' | 'private_key' | 'created_at'>;

export interface TenantSigningKey {
  kid: string;
  key: KeyObject;
}

/** The RSA key pair of each tenant: made when first needed, replaced every 90 days, private halves sealed. */
@Injectable()
export class TenantKeysService {
  private readonly privateKeys = new LRUCache<string, KeyObject>({ max: 1000 });
  private readonly pendingActivations = new Map<string, Promise<void>>();

  constructor(
    private readonly keys: IntegrationKeyRepository,
    private readonly box: SecretBox,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** What signs now. Made or replaced first where that is due; call it before a transaction is open. */
  async getSigningKey(organizationId: OrganizationId): Promise<TenantSigningKey> {
    const active = await this.keys.findActive(organizationId);
    if (!active || active.created_at <= this.clock.after(-KEY_LIFETIME)) {
      await this.activateOnce(organizationId, active);
      return this.getSigningKey(organizationId);
    }
    return { kid: active.kid, key: this.openPrivateKey(active) };
  }

  /** The public keys a token of this tenant may be signed with: the active one first. */
  listPublished(organizationId: OrganizationId): Promise<IntegrationKey[]> {
    return this.keys.listPublished(organizationId, this.clock.now());
  }

  /** A fresh pair, ready to be activated. Slow: never inside a transaction. */
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

  /** Puts `next` in the place of `present`; false when somebody else did so before. */
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

  /** Many who need the first key at once make one, not many. */
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
    const known =
      this.privateKeys.get(kid) ?? createPrivateKey(this.box.open(INTEGRATION_KEY_PURPOSE, private_key, kid));
    this.privateKeys.set(kid, known);
    return known;
  }
}

export function toPublicKey({ public_key }: Pick<IntegrationKey, 'public_key'>): KeyObject {
  return createPublicKey({ key: public_key, format: 'der', type: 'spki' });
}
