import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SecretBox } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { KEY_LIFE, KEY_OVERLAP } from './integration-tokens.rules.js';
import type { IntegrationKey } from './persistence/integration-key.entity.js';
import { IntegrationKeyRepository } from './persistence/integration-key.repository.js';

const generate = promisify(generateKeyPair);
const BITS = 2048;
export const KEY_BOX = 'integration-key';

type NewKey = Pick<IntegrationKey, 'id' | 'kid' | 'public_key' | 'private_key' | 'created_at'>;

export interface Signer {
  kid: string;
  key: KeyObject;
}

/** The RSA key pair of each tenant: made when first needed, replaced every 90 days, private halves sealed. */
@Injectable()
export class TenantKeys {
  private readonly opened = new LRUCache<string, KeyObject>({ max: 1000 });
  private readonly making = new Map<string, Promise<void>>();

  constructor(
    private readonly keys: IntegrationKeyRepository,
    private readonly box: SecretBox,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** What signs now. Made or replaced first where that is due; call it before a transaction is open. */
  async signer(organizationId: OrganizationId): Promise<Signer> {
    const active = await this.keys.active(organizationId);
    if (!active || active.created_at <= this.clock.after(-KEY_LIFE)) {
      await this.once(organizationId, active);
      return this.signer(organizationId);
    }
    return { kid: active.kid, key: this.privateKey(active) };
  }

  /** The public keys a token of this tenant may be signed with: the active one first. */
  published(organizationId: OrganizationId): Promise<IntegrationKey[]> {
    return this.keys.published(organizationId, this.clock.now());
  }

  /** A fresh pair, ready to be activated. Slow: never inside a transaction. */
  async make(): Promise<NewKey> {
    const { publicKey, privateKey } = await generate('rsa', { modulusLength: BITS });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const kid = createHash('sha256').update(spki).digest('hex').slice(0, 32);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const now = this.clock.now();
    return {
      id: newId(),
      kid,
      public_key: spki,
      private_key: this.box.seal(KEY_BOX, pem, kid),
      created_at: now,
    };
  }

  /** Puts `next` in the place of `present`; false when somebody else did so before. */
  async activate(
    organizationId: OrganizationId,
    present: IntegrationKey | undefined,
    next: NewKey,
  ): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      if (present) {
        const until = this.clock.after(KEY_OVERLAP);
        if (!(await this.keys.retire(organizationId, present.kid, this.clock.now(), until))) return false;
      }
      return this.keys.insert(organizationId, next);
    });
  }

  active(organizationId: OrganizationId): Promise<IntegrationKey | undefined> {
    return this.keys.active(organizationId);
  }

  /** Many who need the first key at once make one, not many. */
  private async once(organizationId: OrganizationId, present: IntegrationKey | undefined): Promise<void> {
    const under = this.making.get(organizationId);
    if (under) return under;
    const work = this.make()
      .then((next) => this.activate(organizationId, present, next))
      .then(() => undefined)
      .finally(() => this.making.delete(organizationId));
    this.making.set(organizationId, work);
    return work;
  }

  private privateKey({ kid, private_key }: IntegrationKey): KeyObject {
    const known = this.opened.get(kid) ?? createPrivateKey(this.box.open(KEY_BOX, private_key, kid));
    this.opened.set(kid, known);
    return known;
  }
}

export function publicKeyOf({ public_key }: Pick<IntegrationKey, 'public_key'>): KeyObject {
  return createPublicKey({ key: public_key, format: 'der', type: 'spki' });
}
