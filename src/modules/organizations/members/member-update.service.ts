import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/request-pipe.js';
import { Gate } from '../access/organization-access.service.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { organizationErrors } from '../organizations.errors.js';
import { mayGrant, outranks, type Role } from '../organizations.rules.js';
import type { UpdateMemberRequest } from './dto/member.requests.js';
import type { MemberResponse } from './dto/member.response.js';
import { MembersService } from './members.service.js';
import { Memberships } from './membership-lifecycle.js';
import { TeamPlaces } from './team-assignment.js';

/** The comprehensive update: role, organization and team in one call, all or nothing. */
@Injectable()
export class MemberUpdates {
  constructor(
    private readonly members: MembersService,
    private readonly memberships: Memberships,
    private readonly places: TeamPlaces,
    private readonly gate: Gate,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async update(
    actor: OrganizationActor,
    userId: string,
    request: UpdateMemberRequest,
  ): Promise<MemberResponse> {
    const { organization_id: named, team_id: teamId } = request;
    const target = named?.toLowerCase() ?? actor.organization.id;
    return this.unitOfWork.run(async () => {
      const held = await this.holdBoth(actor, target);
      const from = await this.memberships.roleOf(held.organization.id, userId);
      const present = await this.members.show(held.organization.id, userId);
      assertUnchanged(request, present);
      if (!outranks(held.organization.role, from)) throw organizationErrors.role_insufficient();
      const role = request.role ?? from;
      const moves = target !== held.organization.id;
      const organizationId = moves
        ? await this.move(held, userId, from, { target, role })
        : held.organization.id;
      if (!moves) await this.changeRole(held, userId, from, role);
      if (teamId !== undefined)
        await this.place(actor, organizationId, userId, teamId?.toLowerCase() ?? null);
      return this.members.show(organizationId, userId);
    });
  }

  /**
   * Both organizations are locked in one statement: two moves in opposite directions do not wait for each other.
   * One that the actor may not enter is not locked at all.
   */
  private async holdBoth(actor: OrganizationActor, target: string): Promise<OrganizationActor> {
    if (target !== actor.organization.id) {
      const { organization_id: joined } = await this.gate.enter(actor, target, 'members.add');
      await this.gate.lock(actor.organization.id, joined);
    }
    return this.gate.hold(actor, 'members.update');
  }

  private async changeRole(
    { organization, ...actor }: OrganizationActor,
    userId: string,
    from: Role,
    to: Role,
  ): Promise<void> {
    if (from === to) return;
    if (!mayGrant(organization.role, to)) throw organizationErrors.role_insufficient();
    await this.memberships.change(organization.id, userId, from, to);
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
    { target: named, role }: { target: string; role: Role },
  ): Promise<OrganizationId> {
    const there = await this.gate.enter(actor, named, 'members.add');
    if (!outranks(there.role, role)) throw organizationErrors.role_insufficient();
    const { organization_id: joined } = there;
    const { id: left } = actor.organization;
    const ending = { organizationId: left, userId, role: from, endedBy: actor.userId, moved: true };
    await this.memberships.end(ending);
    await this.memberships.begin({ organizationId: joined, role, userId, ownAct: false });
    const target = { type: 'user', id: userId } as const;
    const out = { organizationId: left, action: 'member.moved_out', target } as const;
    await this.audit.record(actor, { ...out, details: { to: joined, role: from } });
    const into = { organizationId: joined, action: 'member.moved_in', target } as const;
    await this.audit.record(actor, { ...into, details: { from: left, role } });
    return joined;
  }

  private async place(
    actor: OrganizationActor,
    organizationId: OrganizationId,
    userId: string,
    teamId: string | null,
  ): Promise<void> {
    for (const change of await this.places.put(organizationId, userId, teamId)) {
      const action = change.joined ? 'team.member_added' : 'team.member_removed';
      const target = { type: 'user', id: userId } as const;
      await this.audit.record(actor, { organizationId, action, target, details: { team_id: change.teamId } });
    }
  }
}
