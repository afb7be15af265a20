import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { Requires, type Actor, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query } from '@/platform/validation/index.js';
import { AccessExplanationService } from './access/access-explanation.service.js';
import { AccessExplanationResponse, AccessExplanationQuery } from './access/dto/access-explanation.dto.js';
import { inOrganization } from './access/organization-requirement.js';
import { OrganizationCreateRequest, UpdateOrganizationRequest } from './dto/organization.requests.js';
import { OrganizationResponse } from './dto/organization.response.js';
import { OrganizationCreationService } from './organization-creation.service.js';
import { organizationErrors as errors } from './organizations.errors.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Organizations')
@Controller('api/organizations')
export class XentreeOrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly organizationCreation: OrganizationCreationService,
    private readonly accessExplanation: AccessExplanationService,
  ) {}

  @Get()
  @Requires('organizations:read')
  @Operation({
    summary: 'List organizations for the current user',
    description: 'Newest first.',
    response: [OrganizationResponse],
  })
  listOrganizations(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
  ): Promise<OrganizationResponse[]> {
    return this.organizations.list(actor, query);
  }

  @Post()
  @Requires('organizations:write')
  @Operation({
    summary: 'Create an organization',
    description: 'The caller becomes its owner.',
    status: 201,
    response: OrganizationResponse,
    errors: [errors.slug_taken, platformErrors.bearer_required],
    idempotent: 'in-transaction',
  })
  createOrganization(
    @CurrentActor() actor: Actor,
    @Body() request: OrganizationCreateRequest,
  ): Promise<OrganizationResponse> {
    return this.organizationCreation.create(actor, request);
  }

  @Get(':org_id')
  @Requires('organizations:read', inOrganization('organization.read'))
  @Operation({ summary: 'Get organization details', response: OrganizationResponse })
  getOrganization(@CurrentActor() actor: OrganizationActor): Promise<OrganizationResponse> {
    return this.organizations.read(actor);
  }

  @Patch(':org_id')
  @Requires('organizations:write', inOrganization('organization.update'))
  @Operation({
    summary: 'Update organization details',
    response: OrganizationResponse,
    errors: [platformErrors.field_read_only],
  })
  updateOrganization(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: UpdateOrganizationRequest,
  ): Promise<OrganizationResponse> {
    return this.organizations.update(actor, request);
  }

  @Delete(':org_id')
  @Requires('organizations:write', inOrganization('organization.delete'))
  @Operation({ summary: 'Delete an organization', description: 'Deletes everything in it.', status: 204 })
  deleteOrganization(@CurrentActor() actor: OrganizationActor): Promise<void> {
    return this.organizations.delete(actor);
  }

  @Get(':org_id/access')
  @Requires('organizations:read', inOrganization('access.explain'))
  @Operation({
    summary: 'Explain a permission decision',
    description: 'Owners and admins may ask about any user, other members only about themselves.',
    response: AccessExplanationResponse,
    errors: [errors.role_insufficient],
  })
  explainAccess(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: AccessExplanationQuery,
  ): Promise<AccessExplanationResponse> {
    return this.accessExplanation.explain(actor, query);
  }
}
