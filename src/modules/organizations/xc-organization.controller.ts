import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { platformErrors } from '../../platform/errors/index.js';
import { Requires } from '../../platform/http/access.js';
import { type Actor, Caller } from '../../platform/http/actor.js';
import { Operation } from '../../platform/http/operation.js';
import { UpdateXcOrganizationRequest } from './dto/update-organization.request.js';
import { XcOrganizationResponse } from './dto/xc-organization.response.js';
import { organizationErrors as errors } from './organizations.errors.js';
import { OrganizationsService } from './organizations.service.js';

const ENTER = [errors.no_organization, platformErrors.two_factor_required];

@ApiTags('XC Organization')
@Controller('api/v1/organization')
export class XcOrganizationController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @Requires('session')
  @Operation({ summary: 'Get your organization', answers: XcOrganizationResponse, errors: ENTER })
  getXcOrganization(@Caller() actor: Actor): Promise<XcOrganizationResponse> {
    return this.organizations.readPrimary(actor);
  }

  @Patch()
  @Requires('session')
  @Operation({
    summary: 'Update your organization',
    description: 'Owner or admin.',
    answers: XcOrganizationResponse,
    errors: [...ENTER, errors.role_insufficient, platformErrors.field_read_only],
  })
  updateXcOrganization(
    @Caller() actor: Actor,
    @Body() request: UpdateXcOrganizationRequest,
  ): Promise<XcOrganizationResponse> {
    return this.organizations.updatePrimary(actor, request);
  }
}
