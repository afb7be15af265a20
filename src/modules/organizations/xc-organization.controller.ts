import { Controller, Get, Patch } from '@nestjs/common';
import { Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query } from '@/platform/validation/index.js';
import { inOrganization } from './access/organization-requirement.js';
import { TwoFactorImpactResponse } from './dto/two-factor-impact.response.js';
import { UpdateXcOrganizationRequest } from './dto/update-xc-organization.request.js';
import { XcOrganizationResponse } from './dto/xc-organization.response.js';
import { OrganizationsService } from './organizations.service.js';
import { TwoFactorImpactService } from './two-factor-impact.service.js';

@ApiTags('XC Organization')
@Controller('api/v1/organization')
export class XcOrganizationController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly twoFactorImpact: TwoFactorImpactService,
  ) {}

  @Get()
  @Requires('session', inOrganization('organization.read', { from: 'primary' }))
  @Operation({ summary: 'Get your organization', response: XcOrganizationResponse })
  getXcOrganization(@CurrentActor() actor: OrganizationActor): Promise<XcOrganizationResponse> {
    return this.organizations.readXc(actor);
  }

  @Patch()
  @Requires('session', inOrganization('organization.update', { from: 'primary' }))
  @Operation({
    summary: 'Update your organization',
    response: XcOrganizationResponse,
    errors: [platformErrors.field_read_only],
  })
  updateXcOrganization(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: UpdateXcOrganizationRequest,
  ): Promise<XcOrganizationResponse> {
    return this.organizations.updateXc(actor, request);
  }

  @Get('2fa-impact')
  @Requires('session', inOrganization('organization.update', { from: 'primary' }))
  @Operation({
    summary: 'List the members who would be affected if the organization required two-factor authentication',
    response: [TwoFactorImpactResponse],
  })
  previewTwoFactor(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<TwoFactorImpactResponse[]> {
    return this.twoFactorImpact.preview(actor, query);
  }
}
