import { Module } from '@nestjs/common';
import { OrganizationAccessModule } from '../access/organization-access.module.js';
import { OrganizationAuditModule } from '../audit/organization-audit.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { MemberUpdateService } from './member-update.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembershipEvents } from './membership-events.js';
import { MembershipLifecycle } from './membership-lifecycle.js';
import { OwnerDirectory } from './owner-directory.js';
import { MembershipRepository } from './persistence/membership.repository.js';
import { OwnerDirectoryRepository } from './persistence/owner-directory.repository.js';
import { TeamMemberRepository } from './persistence/team-member.repository.js';
import { TeamAssignment } from './team-assignment.js';
import { TeamMembersController } from './team-members.controller.js';
import { TeamMembersService } from './team-members.service.js';

/** The members of an organization: their roles and their teams. */
@Module({
  imports: [OrganizationAccessModule, TeamsModule, OrganizationAuditModule],
  controllers: [MembersController, TeamMembersController],
  providers: [
    MembershipRepository,
    MembershipEvents,
    MembershipLifecycle,
    MembersService,
    MemberUpdateService,
    TeamMemberRepository,
    TeamAssignment,
    TeamMembersService,
    OwnerDirectoryRepository,
    OwnerDirectory,
  ],
  exports: [MembershipEvents, MembershipLifecycle, OwnerDirectory],
})
export class MembersModule {}
