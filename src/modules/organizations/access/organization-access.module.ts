import { Module } from '@nestjs/common';
import { OrganizationAuthorizer } from '@/platform/access/index.js';
import { HiddenRowExplainer } from '../ownership/persistence/owner-scope.js';
import { AccessExplanationService } from './access-explanation.service.js';
import { OrganizationAccessService } from './organization-access.service.js';
import { AccessExplanationRepository } from './persistence/access-explanation.repository.js';
import { MembershipAccessRepository } from './persistence/membership-access.repository.js';

/** Decides what a user may do in an organization. Exports OrganizationAuthorizer, a port of the platform that the access guard calls. */
@Module({
  providers: [
    MembershipAccessRepository,
    OrganizationAccessService,
    AccessExplanationRepository,
    AccessExplanationService,
    HiddenRowExplainer,
    { provide: OrganizationAuthorizer, useExisting: OrganizationAccessService },
  ],
  exports: [OrganizationAuthorizer, OrganizationAccessService, AccessExplanationService, HiddenRowExplainer],
})
export class OrganizationAccessModule {}
