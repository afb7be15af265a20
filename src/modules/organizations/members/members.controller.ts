import { Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';
import { Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { inOrganization } from '../access/organization-requirement.js';
import { organizationErrors as errors } from '../organizations.errors.js';
import {
  AddMemberRequest,
  ChangeRoleRequest,
  MemberQuery,
  UpdateMemberRequest,
} from './dto/member.requests.js';
import { MemberResponse } from './dto/member.response.js';
import { MemberUpdateService } from './member-update.service.js';
import { MembersService } from './members.service.js';

const CHANGE_ERRORS = [errors.member_not_found, errors.last_owner];

@ApiTags('Organizations')
@Controller('api/organizations/:org_id/members')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly memberUpdates: MemberUpdateService,
  ) {}

  @Get()
  @Requires('organizations:read', inOrganization('members.read'))
  @Operation({
    summary: 'List organization members',
    description: 'In the order in which they joined. Returns up to 1,000 members when `limit` is absent.',
    response: [MemberResponse],
  })
  listMembers(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: MemberQuery,
  ): Promise<MemberResponse[]> {
    return this.members.list(actor, query);
  }

  @Post()
  @Requires('organizations:write', inOrganization('members.add'))
  @Operation({
    summary: 'Add a member to an organization',
    description:
      'Give exactly one of `user_id`, `email` and `username`. To add a person without an account, create an invitation.',
    status: 201,
    response: MemberResponse,
    errors: [errors.user_not_found, errors.already_member, platformErrors.too_many_attempts],
    bodyRequired: true,
    idempotent: true,
  })
  addMember(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: AddMemberRequest,
  ): Promise<MemberResponse> {
    return this.members.add(actor, request);
  }

  @Patch(':target_user_id')
  @Requires('organizations:write', inOrganization('members.update'))
  @Operation({ summary: "Update a member's role", response: MemberResponse, errors: CHANGE_ERRORS })
  changeMemberRole(
    @CurrentActor() actor: OrganizationActor,
    @PathId('target_user_id', errors.member_not_found) userId: string,
    @Body() { role }: ChangeRoleRequest,
  ): Promise<MemberResponse> {
    return this.members.changeRole(actor, userId, role);
  }

  @Put(':target_user_id')
  @Requires('organizations:write', inOrganization('members.update'))
  @Operation({
    summary: 'Comprehensive member update (role, organization, team)',
    description: 'Changes the role, the organization and the team in one call.',
    response: MemberResponse,
    errors: [...CHANGE_ERRORS, errors.team_not_found, errors.already_member, platformErrors.field_read_only],
  })
  updateMember(
    @CurrentActor() actor: OrganizationActor,
    @PathId('target_user_id', errors.member_not_found) userId: string,
    @Body() request: UpdateMemberRequest,
  ): Promise<MemberResponse> {
    return this.memberUpdates.update(actor, userId, request);
  }

  @Delete(':target_user_id')
  @Requires('organizations:write', inOrganization('members.leave', { allowWithoutSecondFactor: true }))
  @Operation({
    summary: 'Remove a member from an organization',
    description: 'Every member may leave. Only an owner or admin may remove other members.',
    status: 204,
    errors: [...CHANGE_ERRORS, errors.role_insufficient, platformErrors.two_factor_required],
  })
  removeMember(
    @CurrentActor() actor: OrganizationActor,
    @PathId('target_user_id', errors.member_not_found) userId: string,
  ): Promise<void> {
    return this.members.remove(actor, userId);
  }
}
