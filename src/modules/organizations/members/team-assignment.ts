import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TeamsService } from '../teams/teams.service.js';
import { TeamMemberRepository } from './persistence/team-member.repository.js';

export interface TeamAssignmentChange {
  teamId: string;
  joined: boolean;
}

/** Assigns members to teams. Every method runs in the transaction of the caller. */
@Injectable()
export class TeamAssignment {
  constructor(
    private readonly teams: TeamsService,
    private readonly teamMembers: TeamMemberRepository,
    private readonly clock: Clock,
  ) {}

  /** Returns false when the member was already in the team. */
  add(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.teamMembers.add(organizationId, teamId, userId, this.clock.now());
  }

  /** Returns false when the member was not in the team. */
  remove(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.teamMembers.remove(organizationId, teamId, userId);
  }

  isInTeam(organizationId: OrganizationId, teamId: string, userId: string): Promise<boolean> {
    return this.teamMembers.exists(organizationId, teamId, userId);
  }

  /**
   * Moves a member into one team and out of all others; null only removes. A member who is already in the team keeps
   * their other teams, so that a client which sends back what it read changes nothing. Throws `team_not_found`.
   */
  async assign(
    organizationId: OrganizationId,
    userId: string,
    teamId: string | null,
  ): Promise<TeamAssignmentChange[]> {
    if (teamId !== null) {
      await this.teams.assertExists(organizationId, teamId);
      if (!(await this.add(organizationId, teamId, userId))) return [];
    }
    const leftTeamIds = await this.teamMembers.removeFromOtherTeams(organizationId, userId, teamId);
    const changes = leftTeamIds.map((id) => ({ teamId: id, joined: false }));
    return teamId === null ? changes : [{ teamId, joined: true }, ...changes];
  }
}
