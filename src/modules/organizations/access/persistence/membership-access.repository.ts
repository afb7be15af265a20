import { Injectable } from '@nestjs/common';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** A membership with the security settings of its organization. */
export interface MembershipAccess {
  organization_id: OrganizationId;
  role: Role;
  self_joined: boolean;
  enforce_2fa: boolean;
}

/** The membership that applies when a request names no organization. */
export interface DefaultMembershipAccess extends MembershipAccess {
  /** True when it is the primary or the home organization of the user, and not just their oldest membership. */
  explicitly_chosen: boolean;
}

/**
 * Orders the memberships `m` of a user `u`: the chosen primary organization, then the home organization, then the
 * oldest membership. Every query that picks the default organization uses it.
 */
export const PRIMARY_ORGANIZATION_ORDER = `(m.organization_id = u.primary_organization_id) DESC NULLS LAST,
  (m.organization_id = u.home_organization_id) DESC NULLS LAST, m.joined_at, m.id`;

const COLUMNS = 'm.organization_id, m.role, m.self_joined, o.enforce_2fa';

const FIND = {
  name: 'membership_access.find',
  text: `SELECT ${COLUMNS} FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id AND u.is_active
         WHERE m.organization_id = $1 AND m.user_id = $2`,
};

const FIND_DEFAULT_CANDIDATES = {
  name: 'membership_access.find_default_candidates',
  text: `SELECT ${COLUMNS},
           COALESCE(m.organization_id IN (u.primary_organization_id, u.home_organization_id), false) AS explicitly_chosen
         FROM memberships m
         JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
         WHERE m.user_id = $1 ORDER BY ${PRIMARY_ORGANIZATION_ORDER} LIMIT 2`,
};

const MARK_SELF_JOINED = {
  name: 'membership_access.mark_self_joined',
  text: `UPDATE memberships SET self_joined = true
         WHERE organization_id = $1 AND user_id = $2 AND NOT self_joined`,
};

/** Locks in the order of the ids, so that transactions that lock the same organizations cannot deadlock. */
const LOCK_ORGANIZATIONS = {
  name: 'membership_access.lock',
  text: 'SELECT id FROM organizations WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
};

const LOCK_SHARED = {
  name: 'membership_access.lock_shared',
  text: 'SELECT id FROM organizations WHERE id = $1 FOR SHARE',
};

/** Reads the memberships that decide the access of a user, and locks organizations while their roles are checked or changed. */
@Injectable()
export class MembershipAccessRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns null when the user is no member, or their account is deactivated. */
  async find(organizationId: OrganizationId, userId: string): Promise<MembershipAccess | null> {
    const [membership] = await this.unitOfWork.query<MembershipAccess>(FIND, [organizationId, userId]);
    return membership ?? null;
  }

  /** Returns at most two memberships: the default one first, and the next in `PRIMARY_ORGANIZATION_ORDER`. */
  findDefaultCandidates(userId: string): Promise<DefaultMembershipAccess[]> {
    return this.unitOfWork.query<DefaultMembershipAccess>(FIND_DEFAULT_CANDIDATES, [userId]);
  }

  async markSelfJoined(organizationId: OrganizationId, userId: string): Promise<void> {
    await this.unitOfWork.query(MARK_SELF_JOINED, [organizationId, userId]);
  }

  /** Locks the organization against changes of its roles; several transactions can hold this lock together. */
  async lockShared(organizationId: OrganizationId): Promise<void> {
    await this.unitOfWork.query(LOCK_SHARED, [organizationId]);
  }

  /** Locks the organizations against changes of their roles by any other transaction. */
  async lockOrganizations(...organizationIds: OrganizationId[]): Promise<void> {
    await this.unitOfWork.query(LOCK_ORGANIZATIONS, [organizationIds]);
  }
}
