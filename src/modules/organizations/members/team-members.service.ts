import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { canManageRole } from '../organizations.rules.js';
import { TeamsService } from '../teams/teams.service.js';
import type { MemberResponse } from './dto/member.response.js';
import { MembersService } from './members.service.js';
import { TeamAssignment } from './team-assignment.js';

/** Adds members to teams and removes them. A team manager may do so only in the teams that they belong to. */
@Injectable()
export class TeamMembersService {
  constructor(
    private readonly teams: TeamsService,
    private readonly teamAssignment: TeamAssignment,
    private readonly members: MembersService,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Idempotent. Throws `team_not_found`, `member_not_found`, `role_insufficient`. */
  async add(actor: OrganizationActor, teamId: string, userId: string): Promise<MemberResponse> {
    return this.unitOfWork.run(async () => {
      const { organization } = await this.lockAndReauthorize(actor, teamId, userId);
      if (await this.teamAssignment.add(organization.id, teamId, userId)) {
        const target = { type: 'user', id: userId } as const;
        await this.audit.recordFor(actor, 'team.member_added', target, { team_id: teamId });
      }
      return this.members.read(organization.id, userId);
    });
  }

  /** Throws `member_not_found` also when the member is not in the team. */
  async remove(actor: OrganizationActor, teamId: string, userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { organization } = await this.lockAndReauthorize(actor, teamId, userId);
      if (!(await this.teamAssignment.remove(organization.id, teamId, userId)))
        throw organizationErrors.member_not_found();
      const target = { type: 'user', id: userId } as const;
      await this.audit.recordFor(actor, 'team.member_removed', target, { team_id: teamId });
    });
  }

  private async lockAndReauthorize(
    actor: OrganizationActor,
    teamId: string,
    userId: string,
  ): Promise<OrganizationActor> {
    const authorizedActor = await this.access.lockAndReauthorize(actor, 'team_members.manage');
    const { id, role } = authorizedActor.organization;
    await this.teams.assertExists(id, teamId);
    if (role === 'team_manager' && !(await this.teamAssignment.isInTeam(id, teamId, actor.userId)))
      throw organizationErrors.role_insufficient({ data: { role, team_id: teamId } });
    const { role: targetRole } = await this.members.read(id, userId);
    if (userId !== actor.userId && !canManageRole(role, targetRole))
      throw organizationErrors.role_insufficient();
    return authorizedActor;
  }
}
