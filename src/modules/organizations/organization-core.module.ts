import { Module } from '@nestjs/common';
import { OrganizationAccessModule } from './access/organization-access.module.js';
import { OrganizationAuditModule } from './audit/organization-audit.module.js';
import { MembersModule } from './members/members.module.js';
import { OrganizationCreationService } from './organization-creation.service.js';
import { OrganizationsService } from './organizations.service.js';
import { OrganizationRepository } from './persistence/organization.repository.js';
import { TwoFactorImpactRepository } from './persistence/two-factor-impact.repository.js';
import { TwoFactorImpactService } from './two-factor-impact.service.js';
import { XcOrganizationController } from './xc-organization.controller.js';
import { XentreeOrganizationsController } from './xentree-organizations.controller.js';

/** The organizations themselves: creating, reading, updating and deleting them. */
@Module({
  imports: [OrganizationAccessModule, MembersModule, OrganizationAuditModule],
  controllers: [XentreeOrganizationsController, XcOrganizationController],
  providers: [
    OrganizationRepository,
    OrganizationsService,
    OrganizationCreationService,
    TwoFactorImpactRepository,
    TwoFactorImpactService,
  ],
  exports: [OrganizationsService, OrganizationCreationService],
})
export class OrganizationCoreModule {}
