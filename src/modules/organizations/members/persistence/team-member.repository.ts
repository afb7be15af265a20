import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { TeamMember } from './team-member.entity.js';

const ADD = {
  name: 'team_members.add',
  text: `INSERT INTO team_members (team_id, user_id, organization_id, joined_at) VALUES ($2, $3, $1, $4)
         ON CONFLICT (team_id, user_id) DO NOTHING RETURNING team_id`,
};

const REMOVE = {
  name: 'team_members.remove',
  text: `DELETE FROM team_members WHERE organization_id = $1 AND team_id = $2 AND user_id = $3 RETURNING team_id`,
};

const REMOVE_FROM_OTHER_TEAMS = {
  name: 'team_members.remove_from_other_teams',
  text: `DELETE FROM team_members WHERE organization_id = $1 AND user_id = $2 AND team_id IS DISTINCT FROM $3::uuid
         RETURNING team_id`,
};

const EXISTS = {
  name: 'team_members.exists',
  text: 'SELECT team_id FROM team_members WHERE organization_id = $1 AND team_id = $2 AND user_id = $3',
};

/** The members of the teams of an organization. Every method takes the organization id first. */
@Injectable()
export class TeamMemberRepository extends RepositoryBase<TeamMember> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, TeamMember);
  }

  /** Returns false when the user was already in the team. */
  add(organizationId: OrganizationId, teamId: string, userId: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(ADD, [organizationId, teamId, userId, now]);
  }

  /** Returns false when the user was not in the team. */
  remove(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.affectedOneRow(REMOVE, [organizationId, teamId, userId]);
  }

  /** Removes the user from all teams except `keptTeamId` and returns the ids of the teams that they left. */
  async removeFromOtherTeams(
    organizationId: OrganizationId,
    userId: string,
    keptTeamId: string | null,
  ): Promise<string[]> {
    const values = [organizationId, userId, keptTeamId];
    const removed = await this.query<{ team_id: string }>(REMOVE_FROM_OTHER_TEAMS, values);
    return removed.map(({ team_id }) => team_id);
  }

  exists(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.affectedOneRow(EXISTS, [organizationId, teamId, userId]);
  }
}
