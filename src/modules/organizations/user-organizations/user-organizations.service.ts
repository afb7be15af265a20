import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { InvitationRedemptionService } from '../invitations/invitation-redemption.service.js';
import { MembershipLifecycle } from '../members/membership-lifecycle.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import {
  type SecondFactorRequirement,
  UserOrganizationRepository,
} from './persistence/user-organization.repository.js';

/** The organizations of one user, for the modules that keep accounts. */
@Injectable()
export class UserOrganizationsService {
  constructor(
    private readonly userOrganizations: UserOrganizationRepository,
    private readonly access: OrganizationAccessService,
    private readonly memberships: MembershipLifecycle,
    private readonly invitations: InvitationRedemptionService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns whether the organizations of the user require a second factor. */
  findSecondFactorRequirement(userId: string): Promise<SecondFactorRequirement> {
    return this.userOrganizations.findSecondFactorRequirement(userId);
  }

  /** Returns the checked id when the user is a member of the organization and their account is active, else null. */
  async findOrganizationId(organizationId: string, userId: string): Promise<OrganizationId | null> {
    const membership = await this.access.findMembership(organizationId as OrganizationId, userId);
    return membership && membership.organization_id;
  }

  /** Marks that the user chose an organization to which they were added. Idempotent. */
  markSelfJoined(organizationId: OrganizationId, userId: string): Promise<void> {
    return this.access.markSelfJoined(organizationId, userId);
  }

  /** Returns the organizations of a user with their role, oldest membership first. */
  list(userId: string): Promise<object[]> {
    return this.userOrganizations.list(userId);
  }

  /**
   * Locks all organizations of a user in the transaction of the caller. A transaction that leaves all organizations does
   * this before it locks the account.
   */
  async lockAllOrganizations(userId: string): Promise<void> {
    await this.userOrganizations.lockOrganizations(userId);
  }

  /** Locks an organization against its deletion in the transaction of the caller, before it refers to the organization. */
  lockShared(organizationId: OrganizationId): Promise<void> {
    return this.access.lockShared(organizationId);
  }

  /**
   * Ends all memberships of a user whose account is being deleted. Also deletes the organizations in which they are
   * the only member, and the invitations to `email`, if it is given. Throws `last_owner` when an organization with other
   * members would have no owner.
   */
  async leaveAllOrganizations(userId: string, email: string | null): Promise<void> {
    await this.unitOfWork.run(async () => {
      for (const organization of await this.userOrganizations.lockOrganizations(userId)) {
        const { id, role, has_other_members: hasOtherMembers } = organization;
        if (role === 'owner' && hasOtherMembers && !organization.has_other_owner)
          throw organizationErrors.last_owner({ data: { organization_id: id } });
        if (hasOtherMembers) await this.leaveOrganization(id, userId, role);
        else await this.deleteOrganization(id, userId);
      }
      if (email !== null) await this.invitations.deleteByEmail(email);
    });
  }

  private async deleteOrganization(organizationId: OrganizationId, userId: string): Promise<void> {
    await this.userOrganizations.delete(organizationId);
    await this.audit.record(
      { userId },
      {
        organizationId,
        action: 'organization.deleted',
        target: { type: 'organization', id: organizationId },
      },
    );
  }

  private async leaveOrganization(organizationId: OrganizationId, userId: string, role: Role): Promise<void> {
    await this.memberships.end({ organizationId, userId, role, endedBy: userId });
    await this.audit.record(
      { userId },
      { organizationId, action: 'member.left', target: { type: 'user', id: userId }, details: { role } },
    );
  }
}
