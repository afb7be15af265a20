import { Module } from '@nestjs/common';
import { OrganizationAccessModule } from './access/organization-access.module.js';
import { OrganizationAuditModule } from './audit/organization-audit.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { MembersModule } from './members/members.module.js';
import { OrganizationCoreModule } from './organization-core.module.js';
import { TeamsModule } from './teams/teams.module.js';
import { UserOrganizationsModule } from './user-organizations/user-organizations.module.js';

/** In the order of the API reference. */
const SHARED_MODULES = [
  OrganizationAccessModule,
  OrganizationCoreModule,
  MembersModule,
  OrganizationAuditModule,
  InvitationsModule,
  UserOrganizationsModule,
];

/** Organizations, their members, and what each member may do. This module only collects the modules of the subjects. */
@Module({ imports: [...SHARED_MODULES, TeamsModule], exports: SHARED_MODULES })
export class OrganizationsModule {}
