import { Global, Module } from '@nestjs/common';
import { OrganizationAuthorizer } from '@/platform/access/organization-authorizer.js';
import { AccessExplanationService } from './access/access-explanation.service.js';
import { OrganizationAccessService } from './access/organization-access.service.js';
import { AccessExplanationRepository } from './access/persistence/access-explanation.repository.js';
import { MembershipAccessRepository } from './access/persistence/membership-access.repository.js';
import { AuditLogService } from './audit/audit-log.service.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditRepository } from './audit/persistence/audit.repository.js';
import { InvitationMailer } from './invitations/invitation-mailer.js';
import { InvitationRedemptionService } from './invitations/invitation-redemption.service.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { InvitationRepository } from './invitations/persistence/invitation.repository.js';
import { XcInvitationsController } from './invitations/xc-invitations.controller.js';
import { MemberUpdateService } from './members/member-update.service.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { MembershipEvents } from './members/membership-events.js';
import { MembershipLifecycle } from './members/membership-lifecycle.js';
import { MembershipRepository } from './members/persistence/membership.repository.js';
import { TeamAssignment } from './members/team-assignment.js';
import { TeamMembersService } from './members/team-members.service.js';
import { OrganizationCreationService } from './organization-creation.service.js';
import { OrganizationsService } from './organizations.service.js';
import { HiddenRowExplainer } from './ownership/persistence/hidden-row-explainer.js';
import { OrganizationRepository } from './persistence/organization.repository.js';
import { TwoFactorImpactRepository } from './persistence/two-factor-impact.repository.js';
import { TeamRepository } from './teams/persistence/team.repository.js';
import { TeamsController } from './teams/teams.controller.js';
import { TeamsService } from './teams/teams.service.js';
import { TwoFactorImpactService } from './two-factor-impact.service.js';
import { UserOrganizationsService } from './user-organizations/user-organizations.service.js';
import { XcOrganizationController } from './xc-organization.controller.js';
import { XentreeOrganizationsController } from './xentree-organizations.controller.js';

const CONTROLLERS = [
  XentreeOrganizationsController,
  MembersController,
  TeamsController,
  AuditController,
  XcOrganizationController,
  XcInvitationsController,
];

const ACCESS_PROVIDERS = [
  OrganizationAccessService,
  MembershipAccessRepository,
  AccessExplanationService,
  AccessExplanationRepository,
];
const ORGANIZATION_PROVIDERS = [
  OrganizationRepository,
  OrganizationsService,
  OrganizationCreationService,
  UserOrganizationsService,
  TwoFactorImpactRepository,
  TwoFactorImpactService,
];
const MEMBER_PROVIDERS = [
  MembershipRepository,
  MembershipEvents,
  MembershipLifecycle,
  MembersService,
  MemberUpdateService,
];
const TEAM_PROVIDERS = [TeamRepository, TeamAssignment, TeamsService, TeamMembersService];
const INVITATION_PROVIDERS = [
  InvitationRepository,
  InvitationMailer,
  InvitationsService,
  InvitationRedemptionService,
];
const AUDIT_PROVIDERS = [AuditRepository, AuditLogService];

/** Organizations, who belongs to them, and what they may do there. Global: its gate stands before every route. */
@Global()
@Module({
  controllers: CONTROLLERS,
  providers: [
    ...[
      ACCESS_PROVIDERS,
      ORGANIZATION_PROVIDERS,
      MEMBER_PROVIDERS,
      TEAM_PROVIDERS,
      INVITATION_PROVIDERS,
      AUDIT_PROVIDERS,
    ].flat(),
    HiddenRowExplainer,
    { provide: OrganizationAuthorizer, useExisting: OrganizationAccessService },
  ],
  exports: [
    OrganizationAuthorizer,
    OrganizationAccessService,
    OrganizationsService,
    AuditLogService,
    UserOrganizationsService,
    OrganizationCreationService,
    InvitationRedemptionService,
    MembershipLifecycle,
    MembershipEvents,
    HiddenRowExplainer,
  ],
})
export class OrganizationsModule {}
