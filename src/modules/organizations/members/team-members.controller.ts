import { Controller, Delete, Put } from '@nestjs/common';
import { Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PathId } from '@/platform/validation/index.js';
import { inOrganization } from '../access/organization-requirement.js';
import { organizationErrors as errors } from '../organizations.errors.js';
import { MemberResponse } from './dto/member.response.js';
import { TeamMembersService } from './team-members.service.js';

const TEAM_MEMBER_ERRORS = [errors.team_not_found, errors.member_not_found];

@ApiTags('Organizations')
@Controller('api/organizations/:org_id/teams')
export class TeamMembersController {
  constructor(private readonly teamMembers: TeamMembersService) {}

  @Put(':team_id/members/:user_id')
  @Requires('organizations:write', inOrganization('team_members.manage'))
  @Operation({
    summary: 'Add a member of the organization to a team',
    description: 'A team manager may do this in the teams that they belong to. Idempotent.',
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
  @Operation({ summary: 'Remove a member from a team', status: 204, errors: TEAM_MEMBER_ERRORS })
  removeTeamMember(
    @CurrentActor() actor: OrganizationActor,
    @PathId('team_id', errors.team_not_found) teamId: string,
    @PathId('user_id', errors.member_not_found) userId: string,
  ): Promise<void> {
    return this.teamMembers.remove(actor, teamId, userId);
  }
}
