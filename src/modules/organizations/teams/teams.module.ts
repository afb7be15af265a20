import { Module } from '@nestjs/common';
import { OrganizationAccessModule } from '../access/organization-access.module.js';
import { OrganizationAuditModule } from '../audit/organization-audit.module.js';
import { TeamRepository } from './persistence/team.repository.js';
import { TeamsController } from './teams.controller.js';
import { TeamsService } from './teams.service.js';

/** The teams of an organization. Their members are kept by `MembersModule`. */
@Module({
  imports: [OrganizationAccessModule, OrganizationAuditModule],
  controllers: [TeamsController],
  providers: [TeamRepository, TeamsService],
  exports: [TeamsService],
})
export class TeamsModule {}
