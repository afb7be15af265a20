import { Injectable } from '@nestjs/common';
import type { Role } from '@/modules/organizations/organizations.rules.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** The facts about a user and a target user in one organization that decide an access check. */
export interface AccessFacts {
  /** Null when the user is not a member. */
  role: Role | null;
  is_active: boolean;
  has_second_factor: boolean;
  enforce_2fa: boolean;
  /** Null without a target, and when the target is not a member. */
  target_role: Role | null;
  /** True when no other owner has an active account. */
  target_is_last_owner: boolean;
}

const FIND_FACTS = {
  name: 'access_explanation.find_facts',
  text: `SELECT o.enforce_2fa, m.role, COALESCE(u.is_active, false) AS is_active, f.user_id IS NOT NULL AS has_second_factor,
           t.role AS target_role,
           COALESCE(t.role = 'owner' AND NOT EXISTS (
             SELECT FROM memberships x JOIN users a ON a.id = x.user_id AND a.is_active
             WHERE x.organization_id = o.id AND x.role = 'owner' AND x.user_id <> t.user_id
           ), false) AS target_is_last_owner
         FROM organizations o
         LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = $2
         LEFT JOIN users u ON u.id = m.user_id
         LEFT JOIN second_factors f ON f.user_id = m.user_id
         LEFT JOIN memberships t ON t.organization_id = o.id AND t.user_id = $3
         WHERE o.id = $1`,
};

/** Reads the facts about a user, a target user and an organization from which an access check is explained. */
@Injectable()
export class AccessExplanationRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns undefined when the organization does not exist. */
  async findFacts(
    organizationId: OrganizationId,
    userId: string,
    targetId: string | null,
  ): Promise<AccessFacts | undefined> {
    const [facts] = await this.unitOfWork.query<AccessFacts>(FIND_FACTS, [organizationId, userId, targetId]);
    return facts;
  }
}
