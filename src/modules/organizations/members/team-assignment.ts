import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import { TeamRepository } from '../teams/persistence/team.repository.js';

export interface PlaceChange {
  teamId: string;
  joined: boolean;
}

/** Which team a member is in, where clients know only one. Inside the caller's unit of work. */
@Injectable()
export class TeamPlaces {
  constructor(
    private readonly teams: TeamRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts a member into this team and out of the others; null takes them out of all. Who is in the team already
   * keeps the others too: a client that sends back what it read changes nothing. Throws `team_not_found`.
   */
  async put(organizationId: OrganizationId, userId: string, teamId: string | null): Promise<PlaceChange[]> {
    if (teamId !== null) {
      if (!(await this.teams.find(organizationId, teamId))) throw organizationErrors.team_not_found();
      if (!(await this.teams.join(organizationId, teamId, userId, this.clock.now()))) return [];
    }
    const left = await this.teams.leaveOthers(organizationId, userId, teamId);
    const changes = left.map((id) => ({ teamId: id, joined: false }));
    return teamId === null ? changes : [{ teamId, joined: true }, ...changes];
  }
}
