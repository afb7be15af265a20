import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, UnitOfWork } from '@/platform/persistence/index.js';
import type { Role } from '../organizations.rules.js';

export interface TwoFactorImpactRow {
  user_id: string;
  username: string;
  email: string;
  role: Role;
  two_factor_enabled: boolean;
  setup_at_login: boolean;
  weak_api_keys: number;
}

/**
 * Members without a second factor, all of whose API keys would stop working, and members with API keys that were
 * created in a session without a second factor.
 */
const LIST = defineKeyset(
  'two_factor_impact.list',
  'm.user_id < $4::uuid',
  (after) => `SELECT m.user_id, u.username, u.email, m.role, f.user_id IS NOT NULL AS two_factor_enabled,
           m.self_joined AND f.user_id IS NULL AS setup_at_login,
           COALESCE(CASE WHEN f.user_id IS NULL THEN k.total ELSE k.weak END, 0) AS weak_api_keys
         FROM memberships m JOIN users u ON u.id = m.user_id
         LEFT JOIN second_factors f ON f.user_id = m.user_id
         LEFT JOIN (
           SELECT created_by, count(*)::int AS total, count(*) FILTER (WHERE NOT second_factor)::int AS weak
           FROM api_keys WHERE organization_id = $1 AND (expires_at IS NULL OR expires_at > $2) GROUP BY created_by
         ) k ON k.created_by = m.user_id
         WHERE m.organization_id = $1 ${after}
           AND (f.user_id IS NULL OR k.weak > 0)
         ORDER BY m.user_id DESC LIMIT $3`,
);

/** A read model over the tables of members, users, second factors and API keys. */
@Injectable()
export class TwoFactorImpactRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  list(organizationId: OrganizationId, window: PageWindow<string>, now: Date): Promise<TwoFactorImpactRow[]> {
    return this.unitOfWork.query<TwoFactorImpactRow>(...keysetQuery(LIST, [organizationId, now], window));
  }
}
