import { Injectable } from '@nestjs/common';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { ApiKey } from './api-key.entity.js';

/** A key that authenticates requests, with the present role of its creator and the rules of its organization. */
export interface UsableApiKey extends Pick<
  ApiKey,
  'id' | 'organization_id' | 'created_by' | 'scopes' | 'allowed_ips' | 'second_factor' | 'expires_at'
> {
  role: Role;
  enforce_2fa: boolean;
  creator_has_second_factor: boolean;
}

export type ApiKeyRow = ApiKey & { suspended: boolean };

/** A password reset or a deactivation of the creator suspends all keys activated before it. */
const NOT_SUSPENDED = '(u.keys_suspended_at IS NULL OR k.activated_at > u.keys_suspended_at)';

const FIND_USABLE = {
  name: 'api_keys.usable',
  text: `SELECT k.id, k.organization_id, k.created_by, k.scopes, k.allowed_ips, k.second_factor, k.expires_at,
           m.role, o.enforce_2fa, f.user_id IS NOT NULL AS creator_has_second_factor
         FROM api_keys k
         JOIN memberships m ON m.organization_id = k.organization_id AND m.user_id = k.created_by
         JOIN organizations o ON o.id = k.organization_id
         JOIN users u ON u.id = k.created_by AND u.is_active AND ${NOT_SUSPENDED}
         LEFT JOIN second_factors f ON f.user_id = k.created_by
         WHERE k.key_hash = $1 AND (k.expires_at IS NULL OR k.expires_at > $2)`,
};

const LIST_USABLE = {
  name: 'api_keys.list_usable',
  text: `SELECT k.id FROM api_keys k
         JOIN memberships m ON m.organization_id = k.organization_id AND m.user_id = k.created_by
         JOIN organizations o ON o.id = k.organization_id
         JOIN users u ON u.id = k.created_by AND u.is_active AND ${NOT_SUSPENDED}
         LEFT JOIN second_factors f ON f.user_id = k.created_by
         WHERE k.id = ANY($1::uuid[]) AND (k.expires_at IS NULL OR k.expires_at > $2)
           AND (NOT o.enforce_2fa OR (k.second_factor AND f.user_id IS NOT NULL))`,
};

/**
 * Owners and admins see all keys of their organizations, other members their own. Without a second factor (`$2`) the
 * keys of organizations that enforce one are left out.
 */
const LIST = defineKeyset(
  'api_keys.list',
  'k.id < $5::uuid',
  (after) => `
    SELECT k.*, NOT ${NOT_SUSPENDED} AS suspended
    FROM memberships m
    JOIN organizations o ON o.id = m.organization_id
    JOIN api_keys k ON k.organization_id = m.organization_id
    JOIN users u ON u.id = k.created_by
    WHERE m.user_id = $1 AND (m.role IN ('owner', 'admin') OR k.created_by = $1)
      AND (NOT o.enforce_2fa OR $2) AND ($3::uuid IS NULL OR m.organization_id = $3) ${after}
    ORDER BY k.id DESC LIMIT $4`,
);

const FIND = {
  name: 'api_keys.find',
  text: `SELECT k.*, NOT ${NOT_SUSPENDED} AS suspended
         FROM api_keys k
         JOIN memberships m ON m.organization_id = k.organization_id AND m.user_id = $1
         JOIN users u ON u.id = k.created_by
         WHERE k.id = $2 AND (m.role IN ('owner', 'admin') OR k.created_by = $1)`,
};

const DELETE = {
  name: 'api_keys.delete',
  text: 'DELETE FROM api_keys WHERE organization_id = $1 AND id = $2 RETURNING id',
};

const RESUME = {
  name: 'api_keys.resume',
  text: `UPDATE api_keys SET activated_at = $4
         WHERE organization_id = $1 AND created_by = $2 AND id = $3 RETURNING id`,
};

const TOUCH = {
  name: 'api_keys.touch',
  text: `UPDATE api_keys k SET last_used_at = t.at FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at)
         WHERE k.id = t.id AND (k.last_used_at IS NULL OR k.last_used_at < t.at)`,
};

@Injectable()
export class ApiKeyRepository extends RepositoryBase<ApiKey> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ApiKey);
  }

  /** Returns those of the keys that can be used. */
  async listUsable(ids: readonly string[], now: Date): Promise<string[]> {
    return (await this.query<{ id: string }>(LIST_USABLE, [ids, now])).map(({ id }) => id);
  }

  /** Returns the key with this hash, or null when it is unknown, expired or suspended, or its creator is inactive. */
  async findUsable(hash: Buffer, now: Date): Promise<UsableApiKey | null> {
    return (await this.one<UsableApiKey>(FIND_USABLE, [hash, now])) ?? null;
  }

  async insert(key: ApiKey): Promise<void> {
    await this.rows.insert(key);
  }

  /** Returns the keys the user may see, newest first; of all organizations when `organizationId` is null. */
  list(
    userId: string,
    { organizationId, hasSecondFactor }: { organizationId: OrganizationId | null; hasSecondFactor: boolean },
    window: PageWindow<string>,
  ): Promise<ApiKeyRow[]> {
    return this.query<ApiKeyRow>(...keysetQuery(LIST, [userId, hasSecondFactor, organizationId], window));
  }

  /** Returns a key of the user, or of an organization the user is an owner or admin of. */
  async find(userId: string, id: string): Promise<ApiKeyRow | undefined> {
    return this.one<ApiKeyRow>(FIND, [userId, id]);
  }

  delete(organizationId: OrganizationId, id: string): Promise<boolean> {
    return this.affectedOneRow(DELETE, [organizationId, id]);
  }

  /** Returns false when `creatorId` did not create this key. */
  resume(organizationId: OrganizationId, creatorId: string, id: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(RESUME, [organizationId, creatorId, id, now]);
  }

  /** Moves `last_used_at` of each key (by id) forward, never back. */
  async touch(seen: ReadonlyMap<string, Date>): Promise<void> {
    await this.query(TOUCH, [[...seen.keys()], [...seen.values()]]);
  }
}
