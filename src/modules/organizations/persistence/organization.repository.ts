import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import { Organization } from './organization.entity.js';

/** An organization with the role of one member. */
export type OrganizationRow = Organization & { role: Role };

const ORGANIZATION_OF_MEMBER =
  'o.*, m.role FROM memberships m JOIN organizations o ON o.id = m.organization_id';

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

const CREATE = {
  name: 'organizations.create',
  text: `INSERT INTO organizations (id, name, slug, description, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (slug) DO NOTHING RETURNING id`,
};

const LOCK_USERS = {
  name: 'organizations.lock_users',
  text: `SELECT id FROM users WHERE id = ANY(ARRAY(
           SELECT id FROM users WHERE home_organization_id = $1
           UNION SELECT id FROM users WHERE primary_organization_id = $1)) ORDER BY id FOR NO KEY UPDATE`,
};

@Injectable()
export class OrganizationRepository extends RepositoryBase<Organization> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Organization);
  }

  /** Throws `organization_not_found` when the user is not a member. */
  async find(organizationId: OrganizationId, userId: string): Promise<OrganizationRow> {
    const row = await this.one<OrganizationRow>(FIND, [organizationId, userId]);
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

  /** Returns false when the slug is taken. */
  create(
    organization: Pick<Organization, 'id' | 'name' | 'slug' | 'description' | 'created_at'>,
  ): Promise<boolean> {
    const { id, name, slug, description, created_at } = organization;
    return this.affectedOneRow(CREATE, [id, name, slug, description, created_at]);
  }

  async update(id: OrganizationId, changes: Partial<Organization>): Promise<void> {
    await this.rows.update({ id }, changes as QueryDeepPartialEntity<Organization>);
  }

  /** Locks the users that have chosen the organization before, in the order of their ids: the deletion changes them. */
  async delete(id: OrganizationId): Promise<void> {
    await this.query(LOCK_USERS, [id]);
    await this.rows.delete({ id });
  }
}
