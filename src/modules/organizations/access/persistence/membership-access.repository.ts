import { Injectable } from '@nestjs/common';
import type { Role } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** What one person, whose account is open, is in one organization, and what the organization demands. */
export interface MembershipAccess {
  organization_id: OrganizationId;
  role: Role;
  own_act: boolean;
  enforce_2fa: boolean;
}

/** The same where the organization was not named. `explicitly_chosen`: it is the chosen one, or home. */
export interface DefaultMembershipAccess extends MembershipAccess {
  explicitly_chosen: boolean;
}

/** The chosen organization, else home, else the oldest membership. */
export const PRIMARY_ORGANIZATION_ORDER = `(m.organization_id = u.primary_organization_id) DESC NULLS LAST,
  (m.organization_id = u.home_organization_id) DESC NULLS LAST, m.joined_at, m.id`;

const COLUMNS = 'm.organization_id, m.role, m.own_act, o.enforce_2fa';

const FIND = {
  name: 'standing.in',
  text: `SELECT ${COLUMNS} FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id AND u.is_active
         WHERE m.organization_id = $1 AND m.user_id = $2`,
};

const FIND_DEFAULT_CANDIDATES = {
  name: 'standing.own',
  text: `SELECT ${COLUMNS},
           COALESCE(m.organization_id IN (u.primary_organization_id, u.home_organization_id), false) AS explicitly_chosen
         FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
         WHERE m.user_id = $1 ORDER BY ${PRIMARY_ORGANIZATION_ORDER} LIMIT 2`,
};

const MARK_SELF_JOINED = {
  name: 'standing.accept',
  text: 'UPDATE memberships SET own_act = true WHERE organization_id = $1 AND user_id = $2 AND NOT own_act',
};

/** Locked in the order of their ids, so that two who lock the same ones cannot wait for each other. */
const LOCK = {
  name: 'standing.lock',
  text: 'SELECT id FROM organizations WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
};

const LOCK_SHARED = {
  name: 'standing.share',
  text: 'SELECT id FROM organizations WHERE id = $1 FOR SHARE',
};

@Injectable()
export class MembershipAccessRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async find(organizationId: OrganizationId, userId: string): Promise<MembershipAccess | null> {
    return (await this.unitOfWork.query<MembershipAccess>(FIND, [organizationId, userId]))[0] ?? null;
  }

  /** The primary organization first, and one more where there is one. */
  findDefaultCandidates(userId: string): Promise<DefaultMembershipAccess[]> {
    return this.unitOfWork.query<DefaultMembershipAccess>(FIND_DEFAULT_CANDIDATES, [userId]);
  }

  /** Notes that a person uses an organization they were added to. */
  async markSelfJoined(organizationId: OrganizationId, userId: string): Promise<void> {
    await this.unitOfWork.query(MARK_SELF_JOINED, [organizationId, userId]);
  }

  /** Until the surrounding transaction ends nobody changes who is what here; others may share this. */
  async lockShared(organizationId: OrganizationId): Promise<void> {
    await this.unitOfWork.query(LOCK_SHARED, [organizationId]);
  }

  /** Until the surrounding transaction ends nobody else changes who is what in these organizations. */
  async lock(...organizationIds: OrganizationId[]): Promise<void> {
    await this.unitOfWork.query(LOCK, [organizationIds]);
  }
}
