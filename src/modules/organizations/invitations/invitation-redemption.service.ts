import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { byId, DIRECTORY_SIZE, page, type PageQuery } from '@/platform/pagination/page.js';
import { StandingRepository } from '../access/persistence/membership-access.repository.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { Memberships } from '../members/membership-lifecycle.js';
import { organizationErrors } from '../organizations.errors.js';
import { InvitationResponse, InvitationValidity } from './dto/invitation.responses.js';
import { InvitationLetters } from './invitation-mailer.js';
import { mayInvite } from './invitation.rules.js';
import { InvitationRepository, type Offer } from './persistence/invitation.repository.js';

/** Invitations from the side of who holds the link. */
@Injectable()
export class InvitationOffers {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly letters: InvitationLetters,
    private readonly memberships: Memberships,
    private readonly standings: StandingRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async list({ organization }: OrganizationActor, query: PageQuery): Promise<InvitationResponse[]> {
    const window = byId(query, DIRECTORY_SIZE);
    const rows = await this.invitations.list(organization.id, window);
    return page(window, rows, ({ id }) => id).map((row) => InvitationResponse.from(row));
  }

  /** Whether accepting would work; says nothing about a token that is unknown, spent or expired. */
  async validate(token: string): Promise<InvitationValidity> {
    const offer = await this.find(token);
    const valid = offer !== undefined && mayInvite(offer.inviter_role, offer.role);
    return InvitationValidity.from(valid ? offer : undefined);
  }

  /** Throws 410 `invitation_invalid`. */
  async open(token: string): Promise<Offer> {
    const offer = await this.find(token);
    if (!offer) throw organizationErrors.invitation_invalid();
    return offer;
  }

  /**
   * Holds the organization and its offer, inside the caller's unit of work. The role is judged as if it were granted
   * now: an inviter who could not grant it any more throws `role_insufficient`.
   */
  async hold({ organization_id }: Offer, token: string): Promise<Offer> {
    await this.standings.lock(organization_id);
    const offer = await this.open(token);
    if (!mayInvite(offer.inviter_role, offer.role)) throw organizationErrors.role_insufficient();
    return offer;
  }

  /** Makes somebody a member of what is held. Who is a member already keeps their role. */
  async take(offer: Offer, userId: string): Promise<void> {
    const { id, organization_id } = offer;
    if (!(await this.invitations.take(organization_id, id, this.clock.now(), userId)))
      throw organizationErrors.invitation_invalid();
    const member = await this.standings.find(organization_id, userId);
    const joining = { organizationId: organization_id, userId, role: offer.role, ownAct: true };
    if (member) await this.standings.accept(organization_id, userId);
    else await this.memberships.begin(joining);
    const target = { type: 'invitation', id } as const;
    const details = { role: offer.role };
    await this.audit.record(
      { userId },
      { organizationId: organization_id, action: 'invitation.accepted', target, details },
    );
  }

  private find(token: string): Promise<Offer | undefined> {
    return this.invitations.offer(this.letters.hashesOf(token), this.clock.now());
  }
}
