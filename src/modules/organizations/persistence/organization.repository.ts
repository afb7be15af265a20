import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../../platform/persistence/index.js';
import type { Role } from '../organizations.rules.js';
import { Membership } from './membership.entity.js';
import { Organization } from './organization.entity.js';

export type OrganizationWithRole = Organization & { role: Role };

/** The chosen organization, else home, else the oldest membership. */
export const PRIMARY_FIRST = `(m.organization_id = u.primary_organization_id) DESC NULLS LAST,
  (m.organization_id = u.home_organization_id) DESC NULLS LAST, m.joined_at, m.id`;

const PRIMARY = {
  name: 'organizations.primary',
  text: `SELECT o.*, m.role FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
         WHERE m.user_id = $1 ORDER BY ${PRIMARY_FIRST} LIMIT 1`,
};

const DEMANDS = {
  name: 'organizations.demands_second_factor',
  text: `SELECT bool_or(m.own_act) AS at_login, true AS anywhere FROM memberships m
         JOIN organizations o ON o.id = m.organization_id AND o.enforce_2fa
         WHERE m.user_id = $1 HAVING count(*) > 0`,
};

const CREATE = {
  name: 'organizations.create',
  text: `INSERT INTO organizations (id, name, slug, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (slug) DO NOTHING RETURNING id`,
};

const LOCK_OWNED = {
  name: 'organizations.lock_owned',
  text: `SELECT o.id FROM organizations o JOIN memberships m ON m.organization_id = o.id
         WHERE m.user_id = $1 AND m.role = 'owner' ORDER BY o.id FOR UPDATE OF o`,
};

const OWNED = {
  name: 'organizations.owned',
  text: `SELECT o.id,
           (SELECT count(*)::int FROM memberships x WHERE x.organization_id = o.id AND x.user_id <> $1) AS others,
           EXISTS (SELECT FROM memberships x WHERE x.organization_id = o.id AND x.user_id <> $1 AND x.role = 'owner')
             AS other_owner
         FROM organizations o JOIN memberships m ON m.organization_id = o.id
         WHERE m.user_id = $1 AND m.role = 'owner' ORDER BY o.id`,
};

const OF_USER = {
  name: 'organizations.of_user',
  text: `SELECT o.id, o.name, o.slug, m.role, m.joined_at FROM memberships m
         JOIN organizations o ON o.id = m.organization_id WHERE m.user_id = $1 ORDER BY m.joined_at, m.id`,
};

export interface Owned {
  id: string;
  others: number;
  other_owner: boolean;
}

@Injectable()
export class OrganizationRepository extends RepositoryBase<Organization> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Organization);
  }

  async primaryOf(userId: string): Promise<OrganizationWithRole | undefined> {
    return (await this.query<OrganizationWithRole>(PRIMARY, [userId]))[0];
  }

  async demandsSecondFactor(userId: string): Promise<{ at_login: boolean; anywhere: boolean }> {
    const [demands] = await this.query<{ at_login: boolean; anywhere: boolean }>(DEMANDS, [userId]);
    return demands ?? { at_login: false, anywhere: false };
  }

  /** False when the slug is taken. */
  create(organization: Pick<Organization, 'id' | 'name' | 'slug' | 'created_at'>): Promise<boolean> {
    const { id, name, slug, created_at } = organization;
    return this.won(CREATE, [id, name, slug, created_at]);
  }

  async addMember(membership: Membership): Promise<void> {
    await this.unitOfWork.manager.getRepository(Membership).insert(membership);
  }

  async isMember(organizationId: string, userId: string): Promise<boolean> {
    const where = { organization_id: organizationId, user_id: userId };
    return this.unitOfWork.manager.getRepository(Membership).existsBy(where);
  }

  async update(id: string, changes: Partial<Organization>): Promise<void> {
    await this.rows.update({ id }, changes as QueryDeepPartialEntity<Organization>);
  }

  /**
   * Locks what this person owns, so that two owners leaving at once are judged one after the other. The counts
   * are a statement of their own: one that waits for a lock still counts what was there before it waited.
   */
  async owned(userId: string): Promise<Owned[]> {
    await this.query(LOCK_OWNED, [userId]);
    return this.query<Owned>(OWNED, [userId]);
  }

  async delete(id: string): Promise<void> {
    await this.rows.delete({ id });
  }

  ofUser(userId: string): Promise<object[]> {
    return this.query(OF_USER, [userId]);
  }
}
