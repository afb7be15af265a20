import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { Gate } from '../access/organization-access.service.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { outranks } from '../organizations.rules.js';
import { TeamRepository } from '../teams/persistence/team.repository.js';
import type { MemberResponse } from './dto/member.response.js';
import { MembersService } from './members.service.js';

/** Putting members into teams. A team manager manages the teams they are in themself. */
@Injectable()
export class TeamMembersService {
  constructor(
    private readonly teams: TeamRepository,
    private readonly members: MembersService,
    private readonly gate: Gate,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Doing it twice is doing it once. */
  async add(actor: OrganizationActor, teamId: string, userId: string): Promise<MemberResponse> {
    return this.unitOfWork.run(async () => {
      const held = await this.hold(actor, teamId, userId);
      const joined = await this.teams.join(held.organization.id, teamId, userId, this.clock.now());
      if (joined) await this.record(actor, 'team.member_added', teamId, userId);
      return this.members.show(held.organization.id, userId);
    });
  }

  async remove(actor: OrganizationActor, teamId: string, userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const held = await this.hold(actor, teamId, userId);
      if (!(await this.teams.leave(held.organization.id, teamId, userId)))
        throw organizationErrors.member_not_found();
      await this.record(actor, 'team.member_removed', teamId, userId);
    });
  }

  private async hold(actor: OrganizationActor, teamId: string, userId: string): Promise<OrganizationActor> {
    const held = await this.gate.hold(actor, 'team_members.manage');
    const { id, role } = held.organization;
    if (!(await this.teams.find(id, teamId))) throw organizationErrors.team_not_found();
    const manages = role !== 'team_manager' || (await this.teams.isIn(id, teamId, actor.userId));
    if (!manages) throw organizationErrors.role_insufficient({ facts: { role, team_id: teamId } });
    const { role: target } = await this.members.show(id, userId);
    if (userId !== actor.userId && !outranks(role, target)) throw organizationErrors.role_insufficient();
    return held;
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
