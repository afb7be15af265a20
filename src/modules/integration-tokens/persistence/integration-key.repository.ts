import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import type { SealedRow } from '@/platform/crypto/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';
import { IntegrationKey } from './integration-key.entity.js';

const FIND_ACTIVE = {
  name: 'integration_keys.active',
  text: 'SELECT * FROM integration_keys WHERE organization_id = $1 AND retired_at IS NULL',
};

const LIST_PUBLISHED = {
  name: 'integration_keys.published',
  text: `SELECT * FROM integration_keys WHERE organization_id = $1 AND (retired_at IS NULL OR published_until > $2)
         ORDER BY id DESC`,
};

const RETIRE = {
  name: 'integration_keys.retire',
  text: `UPDATE integration_keys SET retired_at = $3, published_until = $4
         WHERE organization_id = $1 AND kid = $2 AND retired_at IS NULL RETURNING id`,
};

const INSERT = {
  name: 'integration_keys.insert',
  text: `INSERT INTO integration_keys (id, organization_id, kid, public_key, private_key, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organization_id) WHERE retired_at IS NULL DO NOTHING RETURNING id`,
};

const LIST_SEALED = {
  name: 'integration_keys.sealed',
  text: `SELECT kid AS id, private_key AS sealed FROM integration_keys
         WHERE ($1::text IS NULL OR kid > $1) ORDER BY kid LIMIT $2`,
};

const RESEAL = {
  name: 'integration_keys.reseal',
  text: 'UPDATE integration_keys SET private_key = $3 WHERE kid = $1 AND private_key = $2 RETURNING id',
};

const CONSTRAINT_ERRORS = {
  integration_keys_organization_id_fkey: organizationErrors.organization_not_found,
};

/** Stores the key pairs of tenants. Every method takes the tenant first, except those that rotate APP_SECRET. */
@Injectable()
export class IntegrationKeyRepository extends RepositoryBase<IntegrationKey> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, IntegrationKey);
  }

  async findActive(organizationId: OrganizationId): Promise<IntegrationKey | undefined> {
    return this.one<IntegrationKey>(FIND_ACTIVE, [organizationId]);
  }

  /** Returns the active key, then retired keys that are still valid for verification. */
  listPublished(organizationId: OrganizationId, now: Date): Promise<IntegrationKey[]> {
    return this.query<IntegrationKey>(LIST_PUBLISHED, [organizationId, now]);
  }

  /** Makes the key the active one. Returns false when a concurrent transaction has activated another key. */
  insert(
    organizationId: OrganizationId,
    key: Pick<IntegrationKey, 'id' | 'kid' | 'public_key' | 'private_key' | 'created_at'>,
  ): Promise<boolean> {
    const { id, kid, public_key, private_key, created_at } = key;
    const values = [id, organizationId, kid, public_key, private_key, created_at];
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.affectedOneRow(INSERT, values));
  }

  /** Returns false when the key is not the active one. */
  retire(organizationId: OrganizationId, kid: string, now: Date, publishedUntil: Date): Promise<boolean> {
    return this.affectedOneRow(RETIRE, [organizationId, kid, now, publishedUntil]);
  }

  /** Returns encrypted private keys of all tenants in the order of `kid`, starting after `after`. */
  listSealed(after: string | null, limit: number): Promise<SealedRow[]> {
    return this.query(LIST_SEALED, [after, limit]);
  }

  /** Replaces an encrypted private key. Returns false when it has changed since it was read. */
  reseal(kid: string, from: Buffer, to: Buffer): Promise<boolean> {
    return this.affectedOneRow(RESEAL, [kid, from, to]);
  }
}
