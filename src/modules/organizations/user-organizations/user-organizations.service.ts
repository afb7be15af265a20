import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { MembershipAccessRepository } from '../access/persistence/membership-access.repository.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { InvitationRepository } from '../invitations/persistence/invitation.repository.js';
import { MembershipLifecycle } from '../members/membership-lifecycle.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import { OrganizationRepository } from '../persistence/organization.repository.js';

/** What one person's organizations mean for that person, for the modules that keep accounts. */
@Injectable()
export class UserOrganizationsService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly membershipAccess: MembershipAccessRepository,
    private readonly memberships: MembershipLifecycle,
    private readonly invitations: InvitationRepository,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Whether this person's organizations demand a second factor: at login, and of what they own at all. */
  findSecondFactorRequirement(userId: string): Promise<{ at_login: boolean; anywhere: boolean }> {
    return this.organizations.findSecondFactorRequirement(userId);
  }

  /** The organization of this id, if the person is a member of it. */
  async findOrganizationId(organizationId: string, userId: string): Promise<OrganizationId | null> {
    const membership = await this.membershipAccess.find(organizationId as OrganizationId, userId);
    return membership && membership.organization_id;
  }

  /** Notes that a person uses an organization they were added to, by an act of their own. */
  markSelfJoined(organizationId: OrganizationId, userId: string): Promise<void> {
    return this.membershipAccess.markSelfJoined(organizationId, userId);
  }

  /** The organizations of one person with their role there, oldest membership first. */
  list(userId: string): Promise<object[]> {
    return this.organizations.listByUser(userId);
  }

  /**
   * Ends all memberships of a person who goes, and dissolves what belongs to them alone. Throws `last_owner` while
   * others would be left without an owner. Invitations to their address go too.
   */
  async leaveAllOrganizations(userId: string, email: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      for (const {
        id,
        role,
        has_other_members,
        has_other_owner,
      } of await this.organizations.lockUserOrganizations(userId)) {
        if (role === 'owner' && has_other_members && !has_other_owner)
          throw organizationErrors.last_owner({ data: { organization_id: id } });
        if (has_other_members) await this.leaveOrganization(id, userId, role);
        else await this.deleteOrganization(id, userId);
      }
      await this.invitations.deleteByEmail(email);
    });
  }

  private async deleteOrganization(organizationId: OrganizationId, userId: string): Promise<void> {
    await this.organizations.delete(organizationId);
    const target = { type: 'organization', id: organizationId } as const;
    await this.audit.record({ userId }, { organizationId, action: 'organization.deleted', target });
  }

  private async leaveOrganization(organizationId: OrganizationId, userId: string, role: Role): Promise<void> {
    await this.memberships.end({ organizationId, userId, role, endedBy: userId });
    const target = { type: 'user', id: userId } as const;
    await this.audit.record({ userId }, { organizationId, action: 'member.left', target, details: { role } });
  }
}
