import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/organizations.errors.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/page.js';
import {
  defineKeyset,
  keysetQuery,
  RepositoryBase,
  mapConstraintErrors,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Team } from './team.entity.js';

export type TeamRow = Team & { member_count: number };

const TEAM_WITH_MEMBER_COUNT =
  't.*, (SELECT count(*)::int FROM team_members x WHERE x.team_id = t.id) AS member_count FROM teams t';

const LIST = defineKeyset(
  'teams.list',
  't.id < $3::uuid',
  (after) =>
    `SELECT ${TEAM_WITH_MEMBER_COUNT} WHERE t.organization_id = $1 ${after} ORDER BY t.id DESC LIMIT $2`,
);

const FIND = {
  name: 'teams.find',
  text: `SELECT ${TEAM_WITH_MEMBER_COUNT} WHERE t.organization_id = $1 AND t.id = $2`,
};

const ADD_MEMBER = {
  name: 'teams.join',
  text: `INSERT INTO team_members (team_id, user_id, organization_id, joined_at) VALUES ($2, $3, $1, $4)
         ON CONFLICT (team_id, user_id) DO NOTHING RETURNING team_id`,
};

const REMOVE_MEMBER = {
  name: 'teams.leave',
  text: `DELETE FROM team_members WHERE organization_id = $1 AND team_id = $2 AND user_id = $3 RETURNING team_id`,
};

const REMOVE_FROM_OTHER_TEAMS = {
  name: 'teams.leave_others',
  text: `DELETE FROM team_members WHERE organization_id = $1 AND user_id = $2 AND team_id IS DISTINCT FROM $3::uuid
         RETURNING team_id`,
};

const IS_MEMBER = {
  name: 'teams.is_in',
  text: 'SELECT team_id FROM team_members WHERE organization_id = $1 AND team_id = $2 AND user_id = $3',
};

const CONSTRAINTS = { teams_name_key: organizationErrors.team_name_taken };

/** Teams of an organization and who is in them. Every method takes the organization first. */
@Injectable()
export class TeamRepository extends RepositoryBase<Team> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Team);
  }

  list(organizationId: OrganizationId, window: PageWindow<string>): Promise<TeamRow[]> {
    return this.query<TeamRow>(...keysetQuery(LIST, [organizationId], window));
  }

  async find(organizationId: OrganizationId, teamId: string): Promise<TeamRow | undefined> {
    return this.one<TeamRow>(FIND, [organizationId, teamId]);
  }

  /** Throws `team_name_taken`. */
  async insert(team: Team): Promise<void> {
    await mapConstraintErrors(CONSTRAINTS, () => this.rows.insert(team));
  }

  /** Throws `team_name_taken`; false when there is no such team. */
  async update(organizationId: OrganizationId, id: string, changes: Partial<Team>): Promise<boolean> {
    const where = { organization_id: organizationId, id };
    return (await mapConstraintErrors(CONSTRAINTS, () => this.rows.update(where, changes))).affected === 1;
  }

  async delete(organizationId: OrganizationId, id: string): Promise<boolean> {
    return (await this.rows.delete({ organization_id: organizationId, id })).affected === 1;
  }

  /** False when the member was in the team before. */
  addMember(organizationId: OrganizationId, teamId: string, userId: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(ADD_MEMBER, [organizationId, teamId, userId, now]);
  }

  removeMember(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.affectedOneRow(REMOVE_MEMBER, [organizationId, teamId, userId]);
  }

  /** Takes a member out of every team but one; answers the teams left. */
  async removeFromOtherTeams(
    organizationId: OrganizationId,
    userId: string,
    keptTeamId: string | null,
  ): Promise<string[]> {
    const removed = await this.query<{ team_id: string }>(REMOVE_FROM_OTHER_TEAMS, [
      organizationId,
      userId,
      keptTeamId,
    ]);
    return removed.map(({ team_id }) => team_id);
  }

  isMember(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.affectedOneRow(IS_MEMBER, [organizationId, teamId, userId]);
  }
}
