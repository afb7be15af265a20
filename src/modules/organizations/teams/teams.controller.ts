import { Body, Controller, Delete, Get, Patch, Post, Put, Query } from '@nestjs/common';
import { Requires } from '@/platform/access/access.js';
import { CurrentActor, type OrganizationActor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { PathId } from '@/platform/validation/path-id.js';
import { inOrganization } from '../access/organization-permission.js';
import { MemberResponse } from '../members/dto/member.response.js';
import { TeamMembersService } from '../members/team-members.service.js';
import { organizationErrors as errors } from '../organizations.errors.js';
import { CreateTeamRequest, TeamResponse, UpdateTeamRequest } from './dto/team.dto.js';
import { TeamsService } from './teams.service.js';

const TEAM_MEMBER_ERRORS = [errors.team_not_found, errors.member_not_found];

@ApiTags('Organizations')
@Controller('api/organizations/:org_id/teams')
export class TeamsController {
  constructor(
    private readonly teams: TeamsService,
    private readonly teamMembers: TeamMembersService,
  ) {}

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
    idempotent: true,
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
    summary: 'Rename or describe a team',
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

  @Put(':team_id/members/:user_id')
  @Requires('organizations:write', inOrganization('team_members.manage'))
  @Operation({
    summary: 'Put a member of the organization into a team',
    description: 'Team managers do this in the teams they are in.',
    response: MemberResponse,
    errors: TEAM_MEMBER_ERRORS,
  })
  addTeamMember(
    @CurrentActor() actor: OrganizationActor,
    @PathId('team_id', errors.team_not_found) teamId: string,
    @PathId('user_id', errors.member_not_found) userId: string,
  ): Promise<MemberResponse> {
    return this.teamMembers.add(actor, teamId, userId);
  }

  @Delete(':team_id/members/:user_id')
  @Requires('organizations:write', inOrganization('team_members.manage'))
  @Operation({ summary: 'Take a member out of a team', status: 204, errors: TEAM_MEMBER_ERRORS })
  removeTeamMember(
    @CurrentActor() actor: OrganizationActor,
    @PathId('team_id', errors.team_not_found) teamId: string,
    @PathId('user_id', errors.member_not_found) userId: string,
  ): Promise<void> {
    return this.teamMembers.remove(actor, teamId, userId);
  }
}
