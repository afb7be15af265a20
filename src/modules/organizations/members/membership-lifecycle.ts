import { Injectable } from '@nestjs/common';
import { AccessChanges } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import { type MembershipEnd, MembershipEvents } from './membership-events.js';
import { MembershipRepository } from './persistence/membership.repository.js';

interface Joining {
  organizationId: OrganizationId;
  userId: string;
  role: Role;
  /** The person joins by their own act, so the organization may demand a second factor at their login. */
  ownAct: boolean;
}

interface Ending extends Omit<MembershipEnd, 'moved'> {
  role: Role;
  moved?: boolean;
}

/**
 * How memberships begin, change and end, with all that goes with it. Inside the caller's unit of work, which
 * holds the organization: see `Gate.hold`.
 */
@Injectable()
export class Memberships {
  constructor(
    private readonly members: MembershipRepository,
    private readonly events: MembershipEvents,
    private readonly changes: AccessChanges,
    private readonly clock: Clock,
  ) {}

  /** Throws `already_member`. */
  async begin({ organizationId, userId, role, ownAct }: Joining): Promise<void> {
    await this.members.add({
      id: newId(),
      organization_id: organizationId,
      user_id: userId,
      role,
      own_act: ownAct,
      joined_at: this.clock.now(),
    });
    await this.changes.inOrganization(organizationId);
  }

  /** The role somebody has; throws `member_not_found`. */
  async roleOf(organizationId: OrganizationId, userId: string): Promise<Role> {
    const role = await this.members.roleOf(organizationId, userId);
    if (!role) throw organizationErrors.member_not_found();
    return role;
  }

  /** Throws `last_owner` when an owner would become something less and nobody else is one. */
  async change(organizationId: OrganizationId, userId: string, from: Role, to: Role): Promise<void> {
    if (from === 'owner' && to !== 'owner') await this.assertOtherOwner(organizationId, userId);
    await this.members.setRole(organizationId, userId, to);
    await this.changes.inOrganization(organizationId);
  }

  /** Throws `last_owner`. What the member's rights there paid for ends in the same transaction. */
  async end(ending: Ending): Promise<void> {
    const { organizationId, userId, role, endedBy, moved = false } = ending;
    if (role === 'owner') await this.assertOtherOwner(organizationId, userId);
    await this.members.remove(organizationId, userId);
    await this.events.ended({ organizationId, userId, endedBy, moved });
    await this.changes.inOrganization(organizationId);
  }

  async assertOtherOwner(organizationId: OrganizationId, userId: string): Promise<void> {
    if (!(await this.members.hasOtherOwner(organizationId, userId))) throw organizationErrors.last_owner();
  }
}
