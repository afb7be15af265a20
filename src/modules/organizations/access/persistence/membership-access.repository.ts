import { Injectable } from '@nestjs/common';
import type { Role } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** What one person, whose account is open, is in one organization, and what the organization demands. */
export interface Standing {
  organization_id: OrganizationId;
  role: Role;
  own_act: boolean;
  enforce_2fa: boolean;
}

/** The same where the organization was not named. `settled`: it is the chosen one, or home. */
export interface OwnStanding extends Standing {
  settled: boolean;
}

/** The chosen organization, else home, else the oldest membership. */
export const PRIMARY_FIRST = `(m.organization_id = u.primary_organization_id) DESC NULLS LAST,
  (m.organization_id = u.home_organization_id) DESC NULLS LAST, m.joined_at, m.id`;

const COLUMNS = 'm.organization_id, m.role, m.own_act, o.enforce_2fa';

const STANDING = {
  name: 'standing.in',
  text: `SELECT ${COLUMNS} FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id AND u.is_active
         WHERE m.organization_id = $1 AND m.user_id = $2`,
};

const OWN = {
  name: 'standing.own',
  text: `SELECT ${COLUMNS},
           COALESCE(m.organization_id IN (u.primary_organization_id, u.home_organization_id), false) AS settled
         FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
         WHERE m.user_id = $1 ORDER BY ${PRIMARY_FIRST} LIMIT 2`,
};

const ACCEPT = {
  name: 'standing.accept',
  text: 'UPDATE memberships SET own_act = true WHERE organization_id = $1 AND user_id = $2 AND NOT own_act',
};

/** Locked in the order of their ids, so that two who lock the same ones cannot wait for each other. */
const LOCK = {
  name: 'standing.lock',
  text: 'SELECT id FROM organizations WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
};

const SHARE = {
  name: 'standing.share',
  text: 'SELECT id FROM organizations WHERE id = $1 FOR SHARE',
};

@Injectable()
export class StandingRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async find(organizationId: OrganizationId, userId: string): Promise<Standing | null> {
    return (await this.unitOfWork.query<Standing>(STANDING, [organizationId, userId]))[0] ?? null;
  }

  /** The primary organization first, and one more where there is one. */
  own(userId: string): Promise<OwnStanding[]> {
    return this.unitOfWork.query<OwnStanding>(OWN, [userId]);
  }

  /** Notes that a person uses an organization they were added to. */
  async accept(organizationId: OrganizationId, userId: string): Promise<void> {
    await this.unitOfWork.query(ACCEPT, [organizationId, userId]);
  }

  /** Until the surrounding transaction ends nobody changes who is what here; others may share this. */
  async share(organizationId: OrganizationId): Promise<void> {
    await this.unitOfWork.query(SHARE, [organizationId]);
  }

  /** Until the surrounding transaction ends nobody else changes who is what in these organizations. */
  async lock(...organizationIds: OrganizationId[]): Promise<void> {
    await this.unitOfWork.query(LOCK, [organizationIds]);
  }
}
