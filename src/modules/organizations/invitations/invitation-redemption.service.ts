import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { OrganizationAccessService } from '../access/organization-access.service.js';
import { type AuditActor, AuditLogService } from '../audit/audit-log.service.js';
import type { MembershipCreatedEvent, MembershipEndedEvent } from '../members/membership-events.js';
import { MembershipLifecycle } from '../members/membership-lifecycle.js';
import { organizationErrors } from '../organizations.errors.js';
import { InvitationValidity } from './dto/invitation.responses.js';
import { InvitationMailer } from './invitation-mailer.js';
import { canInvite } from './invitation.rules.js';
import { InvitationRepository, type InvitationDetails } from './persistence/invitation.repository.js';

/** Validates and redeems invitations for the holder of an invitation link. */
@Injectable()
export class InvitationRedemptionService {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly mailer: InvitationMailer,
    private readonly memberships: MembershipLifecycle,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
  ) {}

  /** Returns whether the invitation can be accepted; reveals nothing about an unknown, used or expired token. */
  async validate(token: string): Promise<InvitationValidity> {
    const invitation = await this.findPending(token);
    const isValid = invitation !== undefined && canInvite(invitation.inviter_role, invitation.role);
    return InvitationValidity.from(isValid ? invitation : undefined);
  }

  /** Throws `invitation_invalid` when the token is unknown, used or expired. */
  async findValid(token: string): Promise<InvitationDetails> {
    const invitation = await this.findPending(token);
    if (!invitation) throw organizationErrors.invitation_invalid();
    return invitation;
  }

  /**
   * Locks the organization in the transaction of the caller and reads the invitation again. Throws
   * `role_insufficient` when the inviter may no longer assign the role of the invitation.
   */
  async lockAndRevalidate({ organization_id }: InvitationDetails, token: string): Promise<InvitationDetails> {
    await this.access.lockOrganizations(organization_id);
    const invitation = await this.findValid(token);
    if (!canInvite(invitation.inviter_role, invitation.role)) throw organizationErrors.role_insufficient();
    return invitation;
  }

  /**
   * Marks the invitation as accepted and makes the user a member; an existing member keeps their role. To be called
   * after `lockAndRevalidate` in the same transaction. Throws `invitation_invalid`.
   */
  async redeem(invitation: InvitationDetails, userId: string): Promise<void> {
    const { id, organization_id: organizationId, role } = invitation;
    await this.invitations.lockUser(userId);
    if (!(await this.invitations.accept(organizationId, id, this.clock.now(), userId)))
      throw organizationErrors.invitation_invalid();
    const isMember = (await this.access.findMembership(organizationId, userId)) !== null;
    if (isMember) await this.access.markSelfJoined(organizationId, userId);
    else
      await this.memberships.create({ organizationId, userId, role, selfJoined: true, addedBy: { userId } });
    await this.audit.record(
      { userId },
      {
        organizationId,
        action: 'invitation.accepted',
        target: { type: 'invitation', id },
        details: { role },
      },
    );
  }

  /** Spends the pending invitation of a user who was added without it: it must not let them in again later. */
  async spend({ organizationId, userId, addedBy }: MembershipCreatedEvent): Promise<void> {
    const id = await this.invitations.acceptOfUser(organizationId, userId, this.clock.now());
    if (id) await this.recordChange(addedBy, organizationId, 'invitation.accepted', id);
  }

  /** Revokes the pending invitation of a user whose membership ended. */
  async revokeOfFormerMember({ organizationId, userId, endedBy }: MembershipEndedEvent): Promise<void> {
    const id = await this.invitations.revokeOfUser(organizationId, userId);
    if (id) await this.recordChange({ userId: endedBy }, organizationId, 'invitation.revoked', id);
  }

  /** Deletes all invitations to the address of an account that is being deleted. */
  async deleteByEmail(email: string): Promise<void> {
    await this.invitations.deleteByEmail(email);
  }

  private recordChange(
    actor: AuditActor,
    organizationId: OrganizationId,
    action: 'invitation.accepted' | 'invitation.revoked',
    id: string,
  ): Promise<void> {
    return this.audit.record(actor, { organizationId, action, target: { type: 'invitation', id } });
  }

  private findPending(token: string): Promise<InvitationDetails | undefined> {
    return this.invitations.findPendingByToken(this.mailer.computeTokenHashes(token), this.clock.now());
  }
}
