import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { canManageRole } from '../organizations.rules.js';
import { TeamRepository } from '../teams/persistence/team.repository.js';
import type { MemberResponse } from './dto/member.response.js';
import { MembersService } from './members.service.js';

/** Putting members into teams. A team manager manages the teams they are in themself. */
@Injectable()
export class TeamMembersService {
  constructor(
    private readonly teams: TeamRepository,
    private readonly members: MembersService,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Doing it twice is doing it once. */
  async add(actor: OrganizationActor, teamId: string, userId: string): Promise<MemberResponse> {
    return this.unitOfWork.run(async () => {
      const authorizedActor = await this.lockAndReauthorize(actor, teamId, userId);
      const added = await this.teams.addMember(
        authorizedActor.organization.id,
        teamId,
        userId,
        this.clock.now(),
      );
      if (added) await this.record(actor, 'team.member_added', teamId, userId);
      return this.members.read(authorizedActor.organization.id, userId);
    });
  }

  async remove(actor: OrganizationActor, teamId: string, userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const authorizedActor = await this.lockAndReauthorize(actor, teamId, userId);
      if (!(await this.teams.removeMember(authorizedActor.organization.id, teamId, userId)))
        throw organizationErrors.member_not_found();
      await this.record(actor, 'team.member_removed', teamId, userId);
    });
  }

  private async lockAndReauthorize(
    actor: OrganizationActor,
    teamId: string,
    userId: string,
  ): Promise<OrganizationActor> {
    const authorizedActor = await this.access.lockAndReauthorize(actor, 'team_members.manage');
    const { id, role } = authorizedActor.organization;
    if (!(await this.teams.find(id, teamId))) throw organizationErrors.team_not_found();
    const managesTeam = role !== 'team_manager' || (await this.teams.isMember(id, teamId, actor.userId));
    if (!managesTeam) throw organizationErrors.role_insufficient({ data: { role, team_id: teamId } });
    const { role: targetRole } = await this.members.read(id, userId);
    if (userId !== actor.userId && !canManageRole(role, targetRole))
      throw organizationErrors.role_insufficient();
    return authorizedActor;
  }

  private async record(
    actor: OrganizationActor,
    action: 'team.member_added' | 'team.member_removed',
    teamId: string,
    userId: string,
  ): Promise<void> {
    await this.audit.record(actor, {
      organizationId: actor.organization.id,
      action,
      target: { type: 'user', id: userId },
      details: { team_id: teamId },
    });
  }
}
