import { Module } from '@nestjs/common';
import { OrganizationAccessModule } from './access/organization-access.module.js';
import { OrganizationAuditModule } from './audit/organization-audit.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { MembersModule } from './members/members.module.js';
import { OrganizationCoreModule } from './organization-core.module.js';
import { TeamsModule } from './teams/teams.module.js';
import { UserOrganizationsModule } from './user-organizations/user-organizations.module.js';

const SHARED_MODULES = [
  OrganizationAccessModule,
  OrganizationAuditModule,
  MembersModule,
  OrganizationCoreModule,
  InvitationsModule,
  UserOrganizationsModule,
];

/** Organizations, their members, and what each member may do. Each module below imports only modules above it. */
@Module({ imports: [...SHARED_MODULES, TeamsModule], exports: SHARED_MODULES })
export class OrganizationsModule {}
