import { Injectable } from '@nestjs/common';
import { AccessChangeNotifier, OrganizationEvents } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import {
  type MembershipCreatedEvent,
  type MembershipEndedEvent,
  MembershipEvents,
} from './membership-events.js';
import { MembershipRepository } from './persistence/membership.repository.js';

interface NewMembership extends MembershipCreatedEvent {
  role: Role;
  /** True when the user joins by their own action: then the organization may require a second factor at log-in. */
  selfJoined: boolean;
}

interface EndMembershipInput extends Omit<MembershipEndedEvent, 'moved'> {
  role: Role;
  moved?: boolean;
}

/**
 * Creates, changes and ends memberships and publishes the change. Every method runs in the transaction of the caller,
 * which must hold the lock on the organization; see `OrganizationAccessService.lockAndReauthorize`.
 */
@Injectable()
export class MembershipLifecycle {
  constructor(
    private readonly members: MembershipRepository,
    private readonly events: MembershipEvents,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly organizationEvents: OrganizationEvents,
    private readonly clock: Clock,
  ) {}

  /** Throws `already_member`, `user_not_found`, `organization_not_found`. */
  async create({ organizationId, userId, role, selfJoined, addedBy }: NewMembership): Promise<void> {
    const membership = {
      id: newId(),
      organization_id: organizationId,
      user_id: userId,
      role,
      self_joined: selfJoined,
      joined_at: this.clock.now(),
    };
    await this.members.insert(membership, { isCaller: userId === addedBy.userId });
    await this.events.publishCreated({ organizationId, userId, addedBy });
    await this.publish('member.added', organizationId, { user_id: userId, role });
    await this.accessChanges.publishOrganizationChange(organizationId);
  }

  /** Returns the role of a member. Throws `member_not_found`. */
  async getRole(organizationId: OrganizationId, userId: string): Promise<Role> {
    const role = await this.members.findRole(organizationId, userId);
    if (!role) throw organizationErrors.member_not_found();
    return role;
  }

  /** Throws `last_owner` when the only owner would get a lower role. */
  async changeRole(organizationId: OrganizationId, userId: string, from: Role, to: Role): Promise<void> {
    if (from === 'owner' && to !== 'owner') await this.assertOtherOwner(organizationId, userId);
    await this.members.setRole(organizationId, userId, to);
    await this.accessChanges.publishOrganizationChange(organizationId);
  }

  /** Removes the membership and everything that depends on it, in the same transaction. Throws `last_owner`. */
  async end(input: EndMembershipInput): Promise<void> {
    const { organizationId, userId, role, endedBy, moved = false } = input;
    if (role === 'owner') await this.assertOtherOwner(organizationId, userId);
    await this.members.remove(organizationId, userId);
    await this.events.publishEnded({ organizationId, userId, endedBy, moved });
    await this.publish('member.removed', organizationId, { user_id: userId, role });
    await this.accessChanges.publishOrganizationChange(organizationId);
  }

  /** Throws `last_owner` when no other owner has an active account. */
  async assertOtherOwner(organizationId: OrganizationId, userId: string): Promise<void> {
    if (!(await this.members.hasOtherOwner(organizationId, userId))) throw organizationErrors.last_owner();
  }

  private async publish(
    type: 'member.added' | 'member.removed',
    organizationId: OrganizationId,
    data: { user_id: string; role: Role },
  ): Promise<void> {
    await this.organizationEvents.publish({ organizationId, type, timestamp: this.clock.now(), data });
  }
}
