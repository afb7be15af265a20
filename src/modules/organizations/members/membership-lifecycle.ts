import { Injectable } from '@nestjs/common';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import { type MembershipEndedEvent, MembershipEvents } from './membership-events.js';
import { MembershipRepository } from './persistence/membership.repository.js';

interface NewMembership {
  organizationId: OrganizationId;
  userId: string;
  role: Role;
  /** The person joins by their own act, so the organization may demand a second factor at their login. */
  selfJoined: boolean;
}

interface EndMembershipInput extends Omit<MembershipEndedEvent, 'moved'> {
  role: Role;
  moved?: boolean;
}

/**
 * How memberships begin, change and end, with all that goes with it. Inside the caller's unit of work, which
 * holds the organization: see `Gate.hold`.
 */
@Injectable()
export class MembershipLifecycle {
  constructor(
    private readonly members: MembershipRepository,
    private readonly events: MembershipEvents,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly clock: Clock,
  ) {}

  /** Throws `already_member`. */
  async create({ organizationId, userId, role, selfJoined }: NewMembership): Promise<void> {
    await this.members.insert({
      id: newId(),
      organization_id: organizationId,
      user_id: userId,
      role,
      own_act: selfJoined,
      joined_at: this.clock.now(),
    });
    await this.accessChanges.publishOrganizationChange(organizationId);
  }

  /** The role somebody has; throws `member_not_found`. */
  async getRole(organizationId: OrganizationId, userId: string): Promise<Role> {
    const role = await this.members.findRole(organizationId, userId);
    if (!role) throw organizationErrors.member_not_found();
    return role;
  }

  /** Throws `last_owner` when an owner would become something less and nobody else is one. */
  async changeRole(organizationId: OrganizationId, userId: string, from: Role, to: Role): Promise<void> {
    if (from === 'owner' && to !== 'owner') await this.assertOtherOwner(organizationId, userId);
    await this.members.setRole(organizationId, userId, to);
    await this.accessChanges.publishOrganizationChange(organizationId);
  }

  /** Throws `last_owner`. What the member's rights there paid for ends in the same transaction. */
  async end(input: EndMembershipInput): Promise<void> {
    const { organizationId, userId, role, endedBy, moved = false } = input;
    if (role === 'owner') await this.assertOtherOwner(organizationId, userId);
    await this.members.remove(organizationId, userId);
    await this.events.publishEnded({ organizationId, userId, endedBy, moved });
    await this.accessChanges.publishOrganizationChange(organizationId);
  }

  async assertOtherOwner(organizationId: OrganizationId, userId: string): Promise<void> {
    if (!(await this.members.hasOtherOwner(organizationId, userId))) throw organizationErrors.last_owner();
  }
}
