import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { canGrantRole, canManageRole, type Role } from '../organizations.rules.js';
import type { UpdateMemberRequest } from './dto/member.requests.js';
import type { MemberResponse } from './dto/member.response.js';
import { MembersService } from './members.service.js';
import { MembershipLifecycle } from './membership-lifecycle.js';
import { TeamAssignment } from './team-assignment.js';

/** The comprehensive update: role, organization and team in one call, all or nothing. */
@Injectable()
export class MemberUpdateService {
  constructor(
    private readonly members: MembersService,
    private readonly memberships: MembershipLifecycle,
    private readonly teamAssignment: TeamAssignment,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async update(
    actor: OrganizationActor,
    userId: string,
    request: UpdateMemberRequest,
  ): Promise<MemberResponse> {
    const { organization_id: requestedOrganizationId, team_id: teamId } = request;
    const targetOrganizationId = requestedOrganizationId?.toLowerCase() ?? actor.organization.id;
    return this.unitOfWork.run(async () => {
      const authorizedActor = await this.lockAndReauthorize(actor, targetOrganizationId);
      const currentRole = await this.memberships.getRole(authorizedActor.organization.id, userId);
      const current = await this.members.read(authorizedActor.organization.id, userId);
      assertUnchanged(request, current);
      if (!canManageRole(authorizedActor.organization.role, currentRole))
        throw organizationErrors.role_insufficient();
      const role = request.role ?? currentRole;
      const isMove = targetOrganizationId !== authorizedActor.organization.id;
      const organizationId = isMove
        ? await this.move(authorizedActor, userId, currentRole, { target: targetOrganizationId, role })
        : authorizedActor.organization.id;
      if (!isMove) await this.changeRole(authorizedActor, userId, currentRole, role);
      if (teamId !== undefined)
        await this.assignTeam(actor, organizationId, userId, teamId?.toLowerCase() ?? null);
      return this.members.read(organizationId, userId);
    });
  }

  /**
   * Both organizations are locked in one statement: two moves in opposite directions do not wait for each other.
   * One that the actor may not enter is not locked at all.
   */
  private async lockAndReauthorize(
    actor: OrganizationActor,
    targetOrganizationId: string,
  ): Promise<OrganizationActor> {
    if (targetOrganizationId !== actor.organization.id) {
      const { organization_id: targetId } = await this.access.authorizeIn(
        actor,
        targetOrganizationId,
        'members.add',
      );
      await this.access.lockOrganizations(actor.organization.id, targetId);
    }
    return this.access.lockAndReauthorize(actor, 'members.update');
  }

  private async changeRole(
    { organization, ...actor }: OrganizationActor,
    userId: string,
    from: Role,
    to: Role,
  ): Promise<void> {
    if (from === to) return;
    if (!canGrantRole(organization.role, to)) throw organizationErrors.role_insufficient();
    await this.memberships.changeRole(organization.id, userId, from, to);
    await this.audit.record(actor, {
      organizationId: organization.id,
      action: 'member.role_changed',
      target: { type: 'user', id: userId },
      details: { from, to },
    });
  }

  private async move(
    actor: OrganizationActor,
    userId: string,
    from: Role,
    { target: targetOrganizationId, role }: { target: string; role: Role },
  ): Promise<OrganizationId> {
    const targetMembership = await this.access.authorizeIn(actor, targetOrganizationId, 'members.add');
    if (!canManageRole(targetMembership.role, role)) throw organizationErrors.role_insufficient();
    const { organization_id: targetId } = targetMembership;
    const { id: sourceId } = actor.organization;
    const endInput = { organizationId: sourceId, userId, role: from, endedBy: actor.userId, moved: true };
    await this.memberships.end(endInput);
    await this.memberships.create({ organizationId: targetId, role, userId, selfJoined: false });
    const target = { type: 'user', id: userId } as const;
    const movedOut = { organizationId: sourceId, action: 'member.moved_out', target } as const;
    await this.audit.record(actor, { ...movedOut, details: { to: targetId, role: from } });
    const movedIn = { organizationId: targetId, action: 'member.moved_in', target } as const;
    await this.audit.record(actor, { ...movedIn, details: { from: sourceId, role } });
    return targetId;
  }

  private async assignTeam(
    actor: OrganizationActor,
    organizationId: OrganizationId,
    userId: string,
    teamId: string | null,
  ): Promise<void> {
    for (const change of await this.teamAssignment.assign(organizationId, userId, teamId)) {
      const action = change.joined ? 'team.member_added' : 'team.member_removed';
      const target = { type: 'user', id: userId } as const;
      await this.audit.record(actor, { organizationId, action, target, details: { team_id: change.teamId } });
    }
  }
}
