import { Module } from '@nestjs/common';
import { OrganizationsService } from './organizations.service.js';
import { OrganizationRepository } from './persistence/organization.repository.js';
import { XcOrganizationController } from './xc-organization.controller.js';

@Module({
  controllers: [XcOrganizationController],
  providers: [OrganizationsService, OrganizationRepository],
  exports: [OrganizationsService],
})
export class OrganizationsModule {}
