import { Global, Module } from '@nestjs/common';
import { OrganizationGate } from '../../platform/http/organization-gate.js';
import { ExplanationService } from './access/explanation.service.js';
import { Gate } from './access/gate.js';
import { ExplanationRepository } from './access/persistence/explanation.repository.js';
import { StandingRepository } from './access/persistence/standing.repository.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditRepository } from './audit/persistence/audit.repository.js';
import { BelongingService } from './belonging.service.js';
import { FoundingService } from './founding.service.js';
import { InvitationLetters } from './invitations/invitation-letters.js';
import { InvitationOffers } from './invitations/invitation-offers.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { InvitationRepository } from './invitations/persistence/invitation.repository.js';
import { XcInvitationsController } from './invitations/xc-invitations.controller.js';
import { MemberUpdates } from './members/member-updates.service.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { MembershipEvents } from './members/membership-events.js';
import { Memberships } from './members/memberships.js';
import { MembershipRepository } from './members/persistence/membership.repository.js';
import { OrganizationsService } from './organizations.service.js';
import { WeakSessions } from './ownership/persistence/weak-sessions.js';
import { OrganizationRepository } from './persistence/organization.repository.js';
import { TwoFactorImpactRepository } from './persistence/two-factor-impact.repository.js';
import { TeamRepository } from './teams/persistence/team.repository.js';
import { TeamMembersService } from './teams/team-members.service.js';
import { TeamPlaces } from './teams/team-places.js';
import { TeamsController } from './teams/teams.controller.js';
import { TeamsService } from './teams/teams.service.js';
import { TwoFactorImpact } from './two-factor-impact.service.js';
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
