import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { StandingRepository } from '../access/persistence/membership-access.repository.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { InvitationRepository } from '../invitations/persistence/invitation.repository.js';
import { Memberships } from '../members/membership-lifecycle.js';
import { organizationErrors } from '../organizations.errors.js';
import type { Role } from '../organizations.rules.js';
import { OrganizationRepository } from '../persistence/organization.repository.js';

/** What one person's organizations mean for that person, for the modules that keep accounts. */
@Injectable()
export class BelongingService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly standings: StandingRepository,
    private readonly memberships: Memberships,
    private readonly invitations: InvitationRepository,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Whether this person's organizations demand a second factor: at login, and of what they own at all. */
  demandsSecondFactor(userId: string): Promise<{ at_login: boolean; anywhere: boolean }> {
    return this.organizations.demandsSecondFactor(userId);
  }

  /** The organization of this id, if the person is a member of it. */
  async among(organizationId: string, userId: string): Promise<OrganizationId | null> {
    const standing = await this.standings.find(organizationId as OrganizationId, userId);
    return standing && standing.organization_id;
  }

  /** Notes that a person uses an organization they were added to, by an act of their own. */
  accept(organizationId: OrganizationId, userId: string): Promise<void> {
    return this.standings.accept(organizationId, userId);
  }

  /** The organizations of one person with their role there, oldest membership first. */
  listOf(userId: string): Promise<object[]> {
    return this.organizations.ofUser(userId);
  }

  /**
   * Ends all memberships of a person who goes, and dissolves what belongs to them alone. Throws `last_owner` while
   * others would be left without an owner. Invitations to their address go too.
   */
  async forsake(userId: string, email: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      for (const { id, role, others, other_owner } of await this.organizations.belongings(userId)) {
        if (role === 'owner' && others && !other_owner)
          throw organizationErrors.last_owner({ facts: { organization_id: id } });
        if (others) await this.leave(id, userId, role);
        else await this.dissolve(id, userId);
      }
      await this.invitations.forget(email);
    });
  }

  private async dissolve(organizationId: OrganizationId, userId: string): Promise<void> {
    await this.organizations.delete(organizationId);
    const target = { type: 'organization', id: organizationId } as const;
    await this.audit.record({ userId }, { organizationId, action: 'organization.deleted', target });
  }

  private async leave(organizationId: OrganizationId, userId: string, role: Role): Promise<void> {
    await this.memberships.end({ organizationId, userId, role, endedBy: userId });
    const target = { type: 'user', id: userId } as const;
    await this.audit.record({ userId }, { organizationId, action: 'member.left', target, details: { role } });
  }
}
