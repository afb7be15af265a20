import { Module, type OnModuleInit } from '@nestjs/common';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import { OrganizationAccessModule } from '../access/organization-access.module.js';
import { OrganizationAuditModule } from '../audit/organization-audit.module.js';
import { MembersModule } from '../members/members.module.js';
import { MembershipEvents } from '../members/membership-events.js';
import { OrganizationCoreModule } from '../organization-core.module.js';
import { InvitationMailer } from './invitation-mailer.js';
import { InvitationRedemptionService } from './invitation-redemption.service.js';
import { InvitationsService } from './invitations.service.js';
import { InvitationRepository } from './persistence/invitation.repository.js';
import { XcInvitationsController } from './xc-invitations.controller.js';

/** Seconds that an invitation is kept after its expiry, whether or not it was accepted. */
const RETENTION = 90 * DAY;

/** Invitations by e-mail: how admins create them, and how the recipient redeems one. */
@Module({
  imports: [OrganizationAccessModule, OrganizationCoreModule, MembersModule, OrganizationAuditModule],
  controllers: [XcInvitationsController],
  providers: [InvitationRepository, InvitationMailer, InvitationsService, InvitationRedemptionService],
  exports: [InvitationRedemptionService],
})
export class InvitationsModule implements OnModuleInit {
  constructor(
    private readonly membershipEvents: MembershipEvents,
    private readonly redemption: InvitationRedemptionService,
    private readonly sweeper: ExpiredRowSweeper,
  ) {}

  /** An invitation must not outlive the membership that its user got in another way. */
  onModuleInit(): void {
    this.membershipEvents.onCreated((event) => this.redemption.spend(event));
    this.membershipEvents.onEnded((event) => this.redemption.revokeOfFormerMember(event));
    this.sweeper.registerRetention({
      table: 'invitations',
      condition: 'expires_at <= $1',
      keptFor: RETENTION,
    });
  }
}
