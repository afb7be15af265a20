import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import { TeamRepository } from '../teams/persistence/team.repository.js';

export interface TeamAssignmentChange {
  teamId: string;
  joined: boolean;
}

/** Which team a member is in, where clients know only one. Inside the caller's unit of work. */
@Injectable()
export class TeamAssignment {
  constructor(
    private readonly teams: TeamRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts a member into this team and out of the others; null takes them out of all. Who is in the team already
   * keeps the others too: a client that sends back what it read changes nothing. Throws `team_not_found`.
   */
  async assign(
    organizationId: OrganizationId,
    userId: string,
    teamId: string | null,
  ): Promise<TeamAssignmentChange[]> {
    if (teamId !== null) {
      if (!(await this.teams.find(organizationId, teamId))) throw organizationErrors.team_not_found();
      if (!(await this.teams.addMember(organizationId, teamId, userId, this.clock.now()))) return [];
    }
    const leftTeamIds = await this.teams.removeFromOtherTeams(organizationId, userId, teamId);
    const changes = leftTeamIds.map((id) => ({ teamId: id, joined: false }));
    return teamId === null ? changes : [{ teamId, joined: true }, ...changes];
  }
}
