import { Injectable } from '@nestjs/common';
import { Organization } from '@/modules/organizations/persistence/organization.entity.js';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, TransactionConflict, UnitOfWork } from '@/platform/persistence/index.js';

/** A membership of a user whose account is being deleted. */
export interface UserOrganization {
  id: OrganizationId;
  role: Role;
  has_other_members: boolean;
  /** True when another owner has an active account. */
  has_other_owner: boolean;
}

export interface SecondFactorRequirement {
  /** An organization that the user joined themself requires a second factor. */
  at_login: boolean;
  /** Any organization of the user requires a second factor. */
  anywhere: boolean;
}

const FIND_SECOND_FACTOR_REQUIREMENT = {
  name: 'user_organizations.find_second_factor_requirement',
  text: `SELECT bool_or(m.self_joined) AS at_login, true AS anywhere FROM memberships m
         JOIN organizations o ON o.id = m.organization_id AND o.enforce_2fa
         WHERE m.user_id = $1 HAVING count(*) > 0`,
};

const LOCK_ORGANIZATIONS = {
  name: 'user_organizations.lock_organizations',
  text: `SELECT o.id FROM organizations o JOIN memberships m ON m.organization_id = o.id
         WHERE m.user_id = $1 ORDER BY o.id FOR UPDATE OF o`,
};

/**
 * Every new membership references the row of the user, so the lock also prevents new memberships. The organizations that have
 * no other member are deleted, which changes the users that have chosen them.
 */
const LOCK_USERS = {
  name: 'user_organizations.lock_users',
  text: `WITH left_alone AS (
           SELECT m.organization_id AS id FROM memberships m WHERE m.user_id = $1 AND NOT EXISTS (
             SELECT FROM memberships x WHERE x.organization_id = m.organization_id AND x.user_id <> $1))
         SELECT id FROM users WHERE id = ANY(ARRAY(
           SELECT $1::uuid
           UNION SELECT id FROM users WHERE home_organization_id IN (SELECT id FROM left_alone)
           UNION SELECT id FROM users WHERE primary_organization_id IN (SELECT id FROM left_alone)))
         ORDER BY id FOR UPDATE`,
};

const LIST_FOR_LEAVING = {
  name: 'user_organizations.list_for_leaving',
  text: `SELECT m.organization_id AS id, m.role,
           EXISTS (SELECT FROM memberships x WHERE x.organization_id = m.organization_id AND x.user_id <> $1) AS has_other_members,
           EXISTS (SELECT FROM memberships x JOIN users u ON u.id = x.user_id AND u.is_active
                   WHERE x.organization_id = m.organization_id AND x.user_id <> $1 AND x.role = 'owner') AS has_other_owner
         FROM memberships m WHERE m.user_id = $1 ORDER BY m.organization_id`,
};

const LIST = {
  name: 'user_organizations.list',
  text: `SELECT o.id, o.name, o.slug, m.role, m.joined_at FROM memberships m
         JOIN organizations o ON o.id = m.organization_id WHERE m.user_id = $1 ORDER BY m.joined_at, m.id`,
};

/** The organizations of one user. */
@Injectable()
export class UserOrganizationRepository extends RepositoryBase<Organization> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Organization);
  }

  async findSecondFactorRequirement(userId: string): Promise<SecondFactorRequirement> {
    const requirement = await this.one<SecondFactorRequirement>(FIND_SECOND_FACTOR_REQUIREMENT, [userId]);
    return requirement ?? { at_login: false, anywhere: false };
  }

  /**
   * Locks all organizations of a user, and then the user, so that no membership is added and two owners who leave
   * concurrently are checked one after the other. The list is read by a separate statement: a statement that waits for
   * a lock still sees the snapshot from before it waited. When a membership was added before the user was locked, the
   * transaction starts again: the lock of that organization would come after the lock of the user.
   */
  async lockOrganizations(userId: string): Promise<UserOrganization[]> {
    const locked = await this.query<{ id: string }>(LOCK_ORGANIZATIONS, [userId]);
    await this.query(LOCK_USERS, [userId]);
    const organizations = await this.query<UserOrganization>(LIST_FOR_LEAVING, [userId]);
    if (organizations.some(({ id }) => !locked.some((row) => row.id === id))) throw new TransactionConflict();
    return organizations;
  }

  async delete(id: OrganizationId): Promise<void> {
    await this.rows.delete({ id });
  }

  /** Returns `{ id, name, slug, role, joined_at }` of each organization, oldest membership first. */
  list(userId: string): Promise<object[]> {
    return this.query(LIST, [userId]);
  }
}
