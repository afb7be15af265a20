import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { inOrganization } from '../access/organization-requirement.js';
import { organizationErrors as errors } from '../organizations.errors.js';
import { CreateTeamRequest, TeamResponse, UpdateTeamRequest } from './dto/team.dto.js';
import { TeamsService } from './teams.service.js';

@ApiTags('Organizations')
@Controller('api/organizations/:org_id/teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Get()
  @Requires('organizations:read', inOrganization('teams.read'))
  @Operation({ summary: 'List the teams, newest first', response: [TeamResponse] })
  listTeams(@CurrentActor() actor: OrganizationActor, @Query() query: PageQuery): Promise<TeamResponse[]> {
    return this.teams.list(actor, query);
  }

  @Post()
  @Requires('organizations:write', inOrganization('teams.manage'))
  @Operation({
    summary: 'Create a team',
    status: 201,
    response: TeamResponse,
    errors: [errors.team_name_taken],
    idempotent: 'in-transaction',
  })
  createTeam(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: CreateTeamRequest,
  ): Promise<TeamResponse> {
    return this.teams.create(actor, request);
  }

  @Patch(':team_id')
  @Requires('organizations:write', inOrganization('teams.manage'))
  @Operation({
    summary: 'Update the name or description of a team',
    response: TeamResponse,
    errors: [errors.team_not_found, errors.team_name_taken, platformErrors.field_read_only],
  })
  updateTeam(
    @CurrentActor() actor: OrganizationActor,
    @PathId('team_id', errors.team_not_found) teamId: string,
    @Body() request: UpdateTeamRequest,
  ): Promise<TeamResponse> {
    return this.teams.update(actor, teamId, request);
  }

  @Delete(':team_id')
  @Requires('organizations:write', inOrganization('teams.manage'))
  @Operation({
    summary: 'Delete a team; its members stay in the organization',
    status: 204,
    errors: [errors.team_not_found],
  })
  deleteTeam(
    @CurrentActor() actor: OrganizationActor,
    @PathId('team_id', errors.team_not_found) teamId: string,
  ): Promise<void> {
    return this.teams.delete(actor, teamId);
  }
}
