import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { TimeCursor, PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { IntegrationGrant } from './integration-grant.entity.js';

/** A grant with the present state of its creator and its tenant. */
export interface GrantState extends IntegrationGrant {
  creator_is_active: boolean;
  enforce_2fa: boolean;
  creator_has_second_factor: boolean;
}

export type RevokedGrant = IntegrationGrant & { revoked_at: Date };

const FIND_STATE = {
  name: 'integration_grants.state',
  text: `SELECT g.*, o.enforce_2fa, f.user_id IS NOT NULL AS creator_has_second_factor,
           (m.id IS NOT NULL AND u.is_active AND (u.keys_suspended_at IS NULL OR g.issued_at > u.keys_suspended_at))
             IS TRUE AS creator_is_active
         FROM integration_grants g
         JOIN organizations o ON o.id = g.organization_id
         LEFT JOIN users u ON u.id = g.created_by
         LEFT JOIN memberships m ON m.organization_id = g.organization_id AND m.user_id = g.created_by
         LEFT JOIN second_factors f ON f.user_id = g.created_by
         WHERE g.organization_id = $1 AND g.jti = $2`,
};

const REVOKE = {
  name: 'integration_grants.revoke',
  text: `UPDATE integration_grants SET revoked_at = $3, revoked_by = $4, reason = $5
         WHERE organization_id = $1 AND jti = $2 AND revoked_at IS NULL RETURNING jti`,
};

/** The condition lets one of several concurrent rotations succeed. */
const REPLACE = {
  name: 'integration_grants.replace',
  text: `UPDATE integration_grants SET revoked_at = $3, revoked_by = $4, reason = $5
         WHERE organization_id = $1 AND jti = $2 AND revoked_at IS NULL AND valid_until > $3 RETURNING jti`,
};

const REVOKE_ALL_BY_CREATOR = {
  name: 'integration_grants.revoke_all_by_creator',
  text: `UPDATE integration_grants SET revoked_at = $3, revoked_by = $4, reason = $5
         WHERE organization_id = $1 AND created_by = $2 AND revoked_at IS NULL AND valid_until > $3`,
};

const LIST_ENDED = {
  name: 'integration_grants.list_ended',
  text: `SELECT i.jti FROM unnest($1::uuid[]) AS i (jti)
         LEFT JOIN integration_grants g ON g.jti = i.jti
         LEFT JOIN organizations o ON o.id = g.organization_id
         LEFT JOIN users u ON u.id = g.created_by
         LEFT JOIN memberships m ON m.organization_id = g.organization_id AND m.user_id = g.created_by
         LEFT JOIN second_factors f ON f.user_id = g.created_by
         WHERE (g.revoked_at IS NULL AND m.id IS NOT NULL AND u.is_active
           AND (u.keys_suspended_at IS NULL OR g.issued_at > u.keys_suspended_at)
           AND (NOT o.enforce_2fa OR (g.second_factor AND f.user_id IS NOT NULL))) IS NOT TRUE`,
};

const LIST_REVOKED = defineKeyset(
  'integration_grants.revocations',
  '(revoked_at, jti) < ($3::timestamptz, $4::uuid)',
  (after) => `SELECT * FROM integration_grants WHERE organization_id = $1 AND revoked_at IS NOT NULL ${after}
              ORDER BY revoked_at DESC, jti DESC LIMIT $2`,
);

export interface Revocation {
  at: Date;
  by: string;
  reason: string;
}

/** Stores the grants of tenants. Every method takes the tenant first. */
@Injectable()
export class IntegrationGrantRepository extends RepositoryBase<IntegrationGrant> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, IntegrationGrant);
  }

  async insert(grant: IntegrationGrant): Promise<void> {
    await this.rows.insert(grant);
  }

  async findState(organizationId: OrganizationId, jti: string): Promise<GrantState | undefined> {
    return this.one<GrantState>(FIND_STATE, [organizationId, jti]);
  }

  /** Returns false when the grant was already revoked; the first reason and instant stay. */
  revoke(organizationId: OrganizationId, jti: string, { at, by, reason }: Revocation): Promise<boolean> {
    return this.affectedOneRow(REVOKE, [organizationId, jti, at, by, reason]);
  }

  /** Revokes a grant that is replaced by another. Returns false when it was already revoked or has expired. */
  replace(organizationId: OrganizationId, jti: string, { at, by, reason }: Revocation): Promise<boolean> {
    return this.affectedOneRow(REPLACE, [organizationId, jti, at, by, reason]);
  }

  /** Revokes every unexpired grant that this member created. */
  async revokeAllByCreator(
    organizationId: OrganizationId,
    creatorId: string,
    { at, by, reason }: Revocation,
  ): Promise<void> {
    await this.query(REVOKE_ALL_BY_CREATOR, [organizationId, creatorId, at, by, reason]);
  }

  /** Returns those of the grants that were revoked, or whose creator has lost access. Their tokens may have expired. */
  async listEnded(jtis: readonly string[]): Promise<string[]> {
    return (await this.query<{ jti: string }>(LIST_ENDED, [jtis])).map(({ jti }) => jti);
  }

  /** Returns revoked grants, the latest revocation first. */
  listRevoked(organizationId: OrganizationId, window: PageWindow<TimeCursor>): Promise<RevokedGrant[]> {
    const toCursorValues = ({ at, id }: TimeCursor): unknown[] => [at, id];
    return this.query<RevokedGrant>(...keysetQuery(LIST_REVOKED, [organizationId], window, toCursorValues));
  }
}
