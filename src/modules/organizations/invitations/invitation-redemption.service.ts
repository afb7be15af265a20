import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { windowById, DIRECTORY_PAGE_SIZE, toPage, type PageQuery } from '@/platform/pagination/page.js';
import { MembershipAccessRepository } from '../access/persistence/membership-access.repository.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { MembershipLifecycle } from '../members/membership-lifecycle.js';
import { organizationErrors } from '../organizations.errors.js';
import { InvitationResponse, InvitationValidity } from './dto/invitation.responses.js';
import { InvitationMailer } from './invitation-mailer.js';
import { canInvite } from './invitation.rules.js';
import { InvitationRepository, type InvitationDetails } from './persistence/invitation.repository.js';

/** Invitations from the side of who holds the link. */
@Injectable()
export class InvitationRedemptionService {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly mailer: InvitationMailer,
    private readonly memberships: MembershipLifecycle,
    private readonly membershipAccess: MembershipAccessRepository,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
  ) {}

  async list({ organization }: OrganizationActor, query: PageQuery): Promise<InvitationResponse[]> {
    const window = windowById(query, DIRECTORY_PAGE_SIZE);
    const rows = await this.invitations.list(organization.id, window);
    return toPage(window, rows, ({ id }) => id).map((row) => InvitationResponse.from(row));
  }

  /** Whether accepting would work; says nothing about a token that is unknown, spent or expired. */
  async validate(token: string): Promise<InvitationValidity> {
    const invitation = await this.findPending(token);
    const valid = invitation !== undefined && canInvite(invitation.inviter_role, invitation.role);
    return InvitationValidity.from(valid ? invitation : undefined);
  }

  /** Throws 410 `invitation_invalid`. */
  async findValid(token: string): Promise<InvitationDetails> {
    const invitation = await this.findPending(token);
    if (!invitation) throw organizationErrors.invitation_invalid();
    return invitation;
  }

  /**
   * Holds the organization and its offer, inside the caller's unit of work. The role is judged as if it were granted
   * now: an inviter who could not grant it any more throws `role_insufficient`.
   */
  async lockAndRevalidate({ organization_id }: InvitationDetails, token: string): Promise<InvitationDetails> {
    await this.membershipAccess.lock(organization_id);
    const invitation = await this.findValid(token);
    if (!canInvite(invitation.inviter_role, invitation.role)) throw organizationErrors.role_insufficient();
    return invitation;
  }

  /** Makes somebody a member of what is held. Who is a member already keeps their role. */
  async redeem(invitation: InvitationDetails, userId: string): Promise<void> {
    const { id, organization_id } = invitation;
    if (!(await this.invitations.accept(organization_id, id, this.clock.now(), userId)))
      throw organizationErrors.invitation_invalid();
    const member = await this.membershipAccess.find(organization_id, userId);
    const newMembership = {
      organizationId: organization_id,
      userId,
      role: invitation.role,
      selfJoined: true,
    };
    if (member) await this.membershipAccess.markSelfJoined(organization_id, userId);
    else await this.memberships.create(newMembership);
    const target = { type: 'invitation', id } as const;
    const details = { role: invitation.role };
    await this.audit.record(
      { userId },
      { organizationId: organization_id, action: 'invitation.accepted', target, details },
    );
  }

  private findPending(token: string): Promise<InvitationDetails | undefined> {
    return this.invitations.findPendingByToken(this.mailer.computeTokenHashes(token), this.clock.now());
  }
}
