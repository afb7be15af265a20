import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/organizations.errors.js';
import type { Role } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { TimeCursor, PageWindow } from '@/platform/pagination/index.js';
import {
  defineSizedKeyset,
  RepositoryBase,
  mapConstraintErrors,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Membership } from './membership.entity.js';

/** A member with their names and their teams, in the order in which the member joined the teams. */
export interface MemberRow {
  user_id: string;
  username: string;
  email: string;
  role: Role;
  organization_id: OrganizationId;
  joined_at: Date;
  teams: { id: string; name: string }[] | null;
}

const TEAMS_OF_MEMBER = `(
  SELECT json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY tm.joined_at, t.id)
  FROM team_members tm JOIN teams t ON t.id = tm.team_id
  WHERE tm.organization_id = m.organization_id AND tm.user_id = m.user_id
)`;

const COLUMNS = 'm.user_id, u.username, u.email, m.role, m.organization_id, m.joined_at';

const FIND = {
  name: 'memberships.find',
  text: `SELECT ${COLUMNS}, ${TEAMS_OF_MEMBER} AS teams FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.organization_id = $1 AND m.user_id = $2`,
};

/** A member can be in any number of teams. */
const TEAM_BYTES = 'coalesce(octet_length(p.teams::text), 0)';

/** The subquery limits the page before the joins. */
const LIST = defineSizedKeyset('memberships.list', '(p.joined_at, p.user_id) > ($3::timestamptz, $4::uuid)', {
  bytes: TEAM_BYTES,
  text: (after) => `
    SELECT ${COLUMNS}, ${TEAMS_OF_MEMBER} AS teams
    FROM (
      SELECT * FROM memberships p WHERE p.organization_id = $1 ${after} ORDER BY p.joined_at, p.user_id LIMIT $2
    ) m
    JOIN users u ON u.id = m.user_id ORDER BY m.joined_at, m.user_id`,
});

const LIST_OF_TEAM = defineSizedKeyset(
  'memberships.list_of_team',
  '(m.joined_at, m.user_id) > ($4::timestamptz, $5::uuid)',
  {
    bytes: TEAM_BYTES,
    text: (after) => `
    SELECT ${COLUMNS}, ${TEAMS_OF_MEMBER} AS teams FROM team_members x
    JOIN memberships m ON m.organization_id = x.organization_id AND m.user_id = x.user_id
    JOIN users u ON u.id = m.user_id
    WHERE x.organization_id = $1 AND x.team_id = $2 ${after}
    ORDER BY m.joined_at, m.user_id LIMIT $3`,
  },
);

const FIND_ROLE = {
  name: 'memberships.find_role',
  text: 'SELECT role FROM memberships WHERE organization_id = $1 AND user_id = $2',
};

const SET_ROLE = {
  name: 'memberships.set_role',
  text: 'UPDATE memberships SET role = $3 WHERE organization_id = $1 AND user_id = $2 RETURNING id',
};

const LOCK_USER = {
  name: 'memberships.lock_user',
  text: 'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE',
};

const REMOVE = {
  name: 'memberships.remove',
  text: 'DELETE FROM memberships WHERE organization_id = $1 AND user_id = $2 RETURNING id',
};

/** An owner with a deactivated account does not count, because they cannot act. */
const FIND_OTHER_OWNER = {
  name: 'memberships.find_other_owner',
  text: `SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.is_active
         WHERE m.organization_id = $1 AND m.role = 'owner' AND m.user_id <> $2 LIMIT 1`,
};

const FIND_USER_ID = {
  name: 'memberships.find_user_id',
  text: `SELECT id FROM users WHERE id = $1::uuid OR email = $2 OR username = $3`,
};

const CONSTRAINTS = {
  memberships_organization_user_key: organizationErrors.already_member,
  memberships_user_id_fkey: organizationErrors.user_not_found,
  memberships_organization_id_fkey: organizationErrors.organization_not_found,
};

/** The user who joins is the caller, whose account was erased after the request was authenticated. */
const CONSTRAINTS_OF_CALLER = { ...CONSTRAINTS, memberships_user_id_fkey: platformErrors.token_invalid };

/** The members of an organization. Every method takes the organization id first. */
@Injectable()
export class MembershipRepository extends RepositoryBase<Membership> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Membership);
  }

  async find(organizationId: OrganizationId, userId: string): Promise<MemberRow | undefined> {
    return this.one<MemberRow>(FIND, [organizationId, userId]);
  }

  list(
    organizationId: OrganizationId,
    window: PageWindow<TimeCursor>,
    teamId?: string,
  ): Promise<MemberRow[]> {
    const [list, values] = teamId === undefined ? [LIST, []] : [LIST_OF_TEAM, [teamId]];
    const toKeysetValues = ({ at, id }: TimeCursor): unknown[] => [at, id];
    return this.page<MemberRow, TimeCursor>(list, [organizationId, ...values], window, toKeysetValues);
  }

  async findRole(organizationId: OrganizationId, userId: string): Promise<Role | undefined> {
    return (await this.one<{ role: Role }>(FIND_ROLE, [organizationId, userId]))?.role;
  }

  /** Throws `already_member`, `organization_not_found`, and `user_not_found`; `token_invalid` if the user is the caller. */
  async insert(membership: Membership, { isCaller }: { isCaller: boolean }): Promise<void> {
    const constraints = isCaller ? CONSTRAINTS_OF_CALLER : CONSTRAINTS;
    await mapConstraintErrors(constraints, () => this.rows.insert(membership));
  }

  setRole(organizationId: OrganizationId, userId: string, role: Role): Promise<boolean> {
    return this.affectedOneRow(SET_ROLE, [organizationId, userId, role]);
  }

  /**
   * The foreign keys of team members and API keys delete these rows with the membership. Locks the user before, because
   * the end of a membership also changes the account.
   */
  async remove(organizationId: OrganizationId, userId: string): Promise<boolean> {
    await this.query(LOCK_USER, [userId]);
    return this.affectedOneRow(REMOVE, [organizationId, userId]);
  }

  hasOtherOwner(organizationId: OrganizationId, userId: string): Promise<boolean> {
    return this.affectedOneRow(FIND_OTHER_OWNER, [organizationId, userId]);
  }

  /** Returns the id of the user with the given id, e-mail address or username. */
  async findUserId(identifiers: {
    user_id?: string;
    email?: string;
    username?: string;
  }): Promise<string | undefined> {
    const { user_id, email, username } = identifiers;
    const values = [user_id ?? null, email ?? null, username ?? null];
    return (await this.one<{ id: string }>(FIND_USER_ID, values))?.id;
  }
}
