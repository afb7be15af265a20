import { Body, Controller, Get, Patch, Query } from '@nestjs/common';
import { Requires } from '@/platform/access/access.js';
import { Caller, type OrganizationActor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { inOrganization } from './access/organization-permission.js';
import { TwoFactorImpactResponse } from './dto/two-factor-impact.response.js';
import { UpdateXcOrganizationRequest } from './dto/update-xc-organization.request.js';
import { XcOrganizationResponse } from './dto/xc-organization.response.js';
import { OrganizationsService } from './organizations.service.js';
import { TwoFactorImpact } from './two-factor-impact.service.js';

@ApiTags('XC Organization')
@Controller('api/v1/organization')
export class XcOrganizationController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly impact: TwoFactorImpact,
  ) {}

  @Get()
  @Requires('session', inOrganization('organization.read', { from: 'primary' }))
  @Operation({ summary: 'Get your organization', answers: XcOrganizationResponse })
  getXcOrganization(@Caller() actor: OrganizationActor): Promise<XcOrganizationResponse> {
    return this.organizations.readXc(actor);
  }

  @Patch()
  @Requires('session', inOrganization('organization.update', { from: 'primary' }))
  @Operation({
    summary: 'Update your organization',
    answers: XcOrganizationResponse,
    errors: [platformErrors.field_read_only],
  })
  updateXcOrganization(
    @Caller() actor: OrganizationActor,
    @Body() request: UpdateXcOrganizationRequest,
  ): Promise<XcOrganizationResponse> {
    return this.organizations.updateXc(actor, request);
  }

  @Get('2fa-impact')
  @Requires('session', inOrganization('organization.update', { from: 'primary' }))
  @Operation({
    summary: 'List who would be affected if the organization required two-factor authentication',
    answers: [TwoFactorImpactResponse],
  })
  previewTwoFactor(
    @Caller() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<TwoFactorImpactResponse[]> {
    return this.impact.preview(actor, query);
  }
}
