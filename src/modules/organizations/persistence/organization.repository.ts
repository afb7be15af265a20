import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/page.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import { Organization } from './organization.entity.js';

/** An organization as one of its members sees it. */
export type OrganizationRow = Organization & { role: Role; member_count: number };

const ORGANIZATION_OF_MEMBER = `o.*, m.role,
  (SELECT count(*)::int FROM memberships x WHERE x.organization_id = o.id) AS member_count
  FROM memberships m JOIN organizations o ON o.id = m.organization_id`;

const FIND = {
  name: 'organizations.find',
  text: `SELECT ${ORGANIZATION_OF_MEMBER} WHERE m.organization_id = $1 AND m.user_id = $2`,
};

const LIST = defineKeyset(
  'organizations.list',
  'm.organization_id < $3::uuid',
  (after) =>
    `SELECT ${ORGANIZATION_OF_MEMBER} WHERE m.user_id = $1 ${after} ORDER BY m.organization_id DESC LIMIT $2`,
);

const FIND_SECOND_FACTOR_REQUIREMENT = {
  name: 'organizations.demands_second_factor',
  text: `SELECT bool_or(m.own_act) AS at_login, true AS anywhere FROM memberships m
         JOIN organizations o ON o.id = m.organization_id AND o.enforce_2fa
         WHERE m.user_id = $1 HAVING count(*) > 0`,
};

const CREATE = {
  name: 'organizations.create',
  text: `INSERT INTO organizations (id, name, slug, description, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (slug) DO NOTHING RETURNING id`,
};

/** Against memberships that begin meanwhile: each refers to this row. */
const LOCK_USER = {
  name: 'organizations.lock_member',
  text: 'SELECT id FROM users WHERE id = $1 FOR UPDATE',
};

const LOCK_ORGANIZATIONS_OF_USER = {
  name: 'organizations.lock_all_of',
  text: `SELECT o.id FROM organizations o JOIN memberships m ON m.organization_id = o.id
         WHERE m.user_id = $1 ORDER BY o.id FOR UPDATE OF o`,
};

const USER_ORGANIZATIONS = {
  name: 'organizations.all_of',
  text: `SELECT m.organization_id AS id, m.role,
           EXISTS (SELECT FROM memberships x WHERE x.organization_id = m.organization_id AND x.user_id <> $1) AS has_other_members,
           EXISTS (SELECT FROM memberships x JOIN users u ON u.id = x.user_id AND u.is_active
                   WHERE x.organization_id = m.organization_id AND x.user_id <> $1 AND x.role = 'owner') AS has_other_owner
         FROM memberships m WHERE m.user_id = $1 ORDER BY m.organization_id`,
};

const LIST_BY_USER = {
  name: 'organizations.of_user',
  text: `SELECT o.id, o.name, o.slug, m.role, m.joined_at FROM memberships m
         JOIN organizations o ON o.id = m.organization_id WHERE m.user_id = $1 ORDER BY m.joined_at, m.id`,
};

/** One membership of a person who is about to go. */
export interface UserOrganization {
  id: OrganizationId;
  role: Role;
  has_other_members: boolean;
  has_other_owner: boolean;
}

@Injectable()
export class OrganizationRepository extends RepositoryBase<Organization> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Organization);
  }

  /** Throws `organization_not_found` to who does not belong to it. */
  async find(organizationId: OrganizationId, userId: string): Promise<OrganizationRow> {
    const [row] = await this.query<OrganizationRow>(FIND, [organizationId, userId]);
    if (!row) throw organizationErrors.organization_not_found();
    return row;
  }

  async findName(organizationId: OrganizationId): Promise<string> {
    const { name } = await this.rows.findOneOrFail({ where: { id: organizationId }, select: { name: true } });
    return name;
  }

  list(userId: string, window: PageWindow<string>): Promise<OrganizationRow[]> {
    return this.query<OrganizationRow>(...keysetQuery(LIST, [userId], window));
  }

  async findSecondFactorRequirement(userId: string): Promise<{ at_login: boolean; anywhere: boolean }> {
    const [requirement] = await this.query<{ at_login: boolean; anywhere: boolean }>(
      FIND_SECOND_FACTOR_REQUIREMENT,
      [userId],
    );
    return requirement ?? { at_login: false, anywhere: false };
  }

  /** False when the slug is taken. */
  create(
    organization: Pick<Organization, 'id' | 'name' | 'slug' | 'description' | 'created_at'>,
  ): Promise<boolean> {
    const { id, name, slug, description, created_at } = organization;
    return this.affectedOneRow(CREATE, [id, name, slug, description, created_at]);
  }

  async update(id: OrganizationId, changes: Partial<Organization>): Promise<void> {
    await this.rows.update({ id }, changes as QueryDeepPartialEntity<Organization>);
  }

  /**
   * Locks a person and every organization of theirs, so that none is added and that two owners who go at once are judged one after the other. The
   * look is a statement of its own: one that waits for a lock still sees what was there before it waited.
   */
  async lockUserOrganizations(userId: string): Promise<UserOrganization[]> {
    await this.query(LOCK_USER, [userId]);
    await this.query(LOCK_ORGANIZATIONS_OF_USER, [userId]);
    return this.query<UserOrganization>(USER_ORGANIZATIONS, [userId]);
  }

  async delete(id: OrganizationId): Promise<void> {
    await this.rows.delete({ id });
  }

  listByUser(userId: string): Promise<object[]> {
    return this.query(LIST_BY_USER, [userId]);
  }
}
