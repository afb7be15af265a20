import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
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

/** Changes the role, the organization and the team of a member in one transaction. */
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
    const targetId = request.organization_id?.toLowerCase() ?? actor.organization.id;
    return this.unitOfWork.run(async () => {
      const authorizedActor = await this.lockAndReauthorize(actor, targetId);
      const { id: sourceId, role: actorRole } = authorizedActor.organization;
      const currentRole = await this.memberships.getRole(sourceId, userId);
      assertUnchanged(request, await this.members.read(sourceId, userId));
      if (!canManageRole(actorRole, currentRole)) throw organizationErrors.role_insufficient();
      const roles = { from: currentRole, to: request.role ?? currentRole };
      const organizationId =
        targetId === sourceId
          ? await this.changeRole(authorizedActor, userId, roles)
          : await this.move(authorizedActor, userId, targetId, roles);
      if (request.team_id !== undefined)
        await this.assignTeam(actor, organizationId, userId, request.team_id?.toLowerCase() ?? null);
      return this.members.read(organizationId, userId);
    });
  }

  /**
   * Locks both organizations in one statement, so that two moves in opposite directions cannot deadlock. An
   * organization that the actor may not enter is never locked.
   */
  private async lockAndReauthorize(actor: OrganizationActor, targetId: string): Promise<OrganizationActor> {
    if (targetId !== actor.organization.id) {
      const target = await this.access.authorizeIn(actor, targetId, 'members.add');
      await this.access.lockOrganizations(actor.organization.id, target.organization_id);
    }
    return this.access.lockAndReauthorize(actor, 'members.update');
  }

  private async changeRole(
    actor: OrganizationActor,
    userId: string,
    { from, to }: { from: Role; to: Role },
  ): Promise<OrganizationId> {
    const { id, role } = actor.organization;
    if (from === to) return id;
    if (!canGrantRole(role, to)) throw organizationErrors.role_insufficient();
    await this.memberships.changeRole(id, userId, from, to);
    await this.audit.recordFor(actor, 'member.role_changed', { type: 'user', id: userId }, { from, to });
    return id;
  }

  private async move(
    actor: OrganizationActor,
    userId: string,
    targetOrganizationId: string,
    { from, to }: { from: Role; to: Role },
  ): Promise<OrganizationId> {
    const targetMembership = await this.access.authorizeIn(actor, targetOrganizationId, 'members.add');
    if (!canManageRole(targetMembership.role, to)) throw organizationErrors.role_insufficient();
    const { organization_id: targetId } = targetMembership;
    const { id: sourceId } = actor.organization;
    await this.memberships.end({
      organizationId: sourceId,
      userId,
      role: from,
      endedBy: actor.userId,
      moved: true,
    });
    await this.memberships.create({
      organizationId: targetId,
      role: to,
      userId,
      selfJoined: false,
      addedBy: actor,
    });
    const target = { type: 'user', id: userId } as const;
    await this.audit.recordFor(actor, 'member.moved_out', target, { to: targetId, role: from });
    await this.audit.record(actor, {
      organizationId: targetId,
      action: 'member.moved_in',
      target,
      details: { from: sourceId, role: to },
    });
    return targetId;
  }

  private async assignTeam(
    actor: OrganizationActor,
    organizationId: OrganizationId,
    userId: string,
    teamId: string | null,
  ): Promise<void> {
    for (const change of await this.teamAssignment.assign(organizationId, userId, teamId)) {
      await this.audit.record(actor, {
        organizationId,
        action: change.joined ? 'team.member_added' : 'team.member_removed',
        target: { type: 'user', id: userId },
        details: { team_id: change.teamId },
      });
    }
  }
}
