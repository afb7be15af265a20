import { Global, Module } from '@nestjs/common';
import { OrganizationGate } from '@/platform/access/organization-authorizer.js';
import { ExplanationService } from './access/access-explanation.service.js';
import { Gate } from './access/organization-access.service.js';
import { ExplanationRepository } from './access/persistence/access-explanation.repository.js';
import { StandingRepository } from './access/persistence/membership-access.repository.js';
import { AuditLog } from './audit/audit-log.service.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditRepository } from './audit/persistence/audit.repository.js';
import { InvitationLetters } from './invitations/invitation-mailer.js';
import { InvitationOffers } from './invitations/invitation-redemption.service.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { InvitationRepository } from './invitations/persistence/invitation.repository.js';
import { XcInvitationsController } from './invitations/xc-invitations.controller.js';
import { MemberUpdates } from './members/member-update.service.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { MembershipEvents } from './members/membership-events.js';
import { Memberships } from './members/membership-lifecycle.js';
import { MembershipRepository } from './members/persistence/membership.repository.js';
import { TeamPlaces } from './members/team-assignment.js';
import { TeamMembersService } from './members/team-members.service.js';
import { FoundingService } from './organization-creation.service.js';
import { OrganizationsService } from './organizations.service.js';
import { WeakSessions } from './ownership/persistence/hidden-row-explainer.js';
import { OrganizationRepository } from './persistence/organization.repository.js';
import { TwoFactorImpactRepository } from './persistence/two-factor-impact.repository.js';
import { TeamRepository } from './teams/persistence/team.repository.js';
import { TeamsController } from './teams/teams.controller.js';
import { TeamsService } from './teams/teams.service.js';
import { TwoFactorImpact } from './two-factor-impact.service.js';
import { BelongingService } from './user-organizations/user-organizations.service.js';
import { XcOrganizationController } from './xc-organization.controller.js';
import { XentreeOrganizationsController } from './xentree-organizations.controller.js';

const FACES = [
  XentreeOrganizationsController,
  MembersController,
  TeamsController,
  AuditController,
  XcOrganizationController,
  XcInvitationsController,
];

const ACCESS = [Gate, StandingRepository, ExplanationService, ExplanationRepository];
const ITSELF = [
  OrganizationRepository,
  OrganizationsService,
  FoundingService,
  BelongingService,
  TwoFactorImpactRepository,
  TwoFactorImpact,
];
const MEMBERS = [MembershipRepository, MembershipEvents, Memberships, MembersService, MemberUpdates];
const TEAMS = [TeamRepository, TeamPlaces, TeamsService, TeamMembersService];
const INVITATIONS = [InvitationRepository, InvitationLetters, InvitationsService, InvitationOffers];
const AUDIT = [AuditRepository, AuditLog];

/** Organizations, who belongs to them, and what they may do there. Global: its gate stands before every route. */
@Global()
@Module({
  controllers: FACES,
  providers: [
    ...[ACCESS, ITSELF, MEMBERS, TEAMS, INVITATIONS, AUDIT].flat(),
    WeakSessions,
    { provide: OrganizationGate, useExisting: Gate },
  ],
  exports: [
    OrganizationGate,
    Gate,
    OrganizationsService,
    AuditLog,
    BelongingService,
    FoundingService,
    InvitationOffers,
    Memberships,
    MembershipEvents,
    WeakSessions,
  ],
})
export class OrganizationsModule {}
