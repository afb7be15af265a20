import { Module } from '@nestjs/common';
import { OrganizationAccessModule } from '../access/organization-access.module.js';
import { OrganizationAuditModule } from '../audit/organization-audit.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MembersModule } from '../members/members.module.js';
import { UserOrganizationRepository } from './persistence/user-organization.repository.js';
import { UserOrganizationsService } from './user-organizations.service.js';

/** The organizations of one user, for the modules that keep accounts. */
@Module({
  imports: [OrganizationAccessModule, InvitationsModule, MembersModule, OrganizationAuditModule],
  providers: [UserOrganizationRepository, UserOrganizationsService],
  exports: [UserOrganizationsService],
})
export class UserOrganizationsModule {}
