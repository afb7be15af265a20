import { Controller, Get, Post } from '@nestjs/common';
import { Public, Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { inOrganization } from '../access/organization-requirement.js';
import { organizationErrors as errors } from '../organizations.errors.js';
import { CreateInvitationRequest, InvitationTokenQuery } from './dto/invitation.requests.js';
import { InvitationResponse, InvitationValidity } from './dto/invitation.responses.js';
import { InvitationRedemptionService } from './invitation-redemption.service.js';
import { InvitationsService } from './invitations.service.js';

const CAN_MANAGE_INVITATIONS = inOrganization('invitations.manage', { from: 'primary' });
const MAIL_ERRORS = [platformErrors.too_many_attempts, platformErrors.mail_not_configured];

@ApiTags('XC Invitations')
@Controller('api/v1/invitations')
export class XcInvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly redemption: InvitationRedemptionService,
  ) {}

  @Get()
  @Requires('session', CAN_MANAGE_INVITATIONS)
  @Operation({ summary: 'List all invitations, newest first', response: [InvitationResponse] })
  listInvitations(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<InvitationResponse[]> {
    return this.invitations.list(actor, query);
  }

  @Post()
  @Requires('session', CAN_MANAGE_INVITATIONS)
  @Operation({
    summary: 'Invite a person by e-mail',
    description: 'Only this address can accept the invitation. It is valid for 7 days.',
    status: 201,
    response: InvitationResponse,
    errors: [errors.already_member, errors.invitation_pending, ...MAIL_ERRORS],
    idempotent: true,
  })
  createInvitation(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: CreateInvitationRequest,
  ): Promise<InvitationResponse> {
    return this.invitations.create(actor, request);
  }

  @Get('validate')
  @Public()
  @Operation({ summary: 'Check whether an invitation is valid', response: InvitationValidity })
  validateInvitation(@Query() { token }: InvitationTokenQuery): Promise<InvitationValidity> {
    return this.redemption.validate(token);
  }

  @Post(':invitation_id/resend')
  @Requires('session', CAN_MANAGE_INVITATIONS)
  @Operation({
    summary: 'Resend a pending invitation with a new link',
    response: InvitationResponse,
    errors: [errors.invitation_not_found, errors.invitation_not_pending, ...MAIL_ERRORS],
  })
  resendInvitation(
    @CurrentActor() actor: OrganizationActor,
    @PathId('invitation_id', errors.invitation_not_found) id: string,
  ): Promise<InvitationResponse> {
    return this.invitations.resend(actor, id);
  }

  @Post(':invitation_id/revoke')
  @Requires('session', CAN_MANAGE_INVITATIONS)
  @Operation({
    summary: 'Revoke a pending invitation',
    response: InvitationResponse,
    errors: [errors.invitation_not_found, errors.invitation_not_pending],
  })
  revokeInvitation(
    @CurrentActor() actor: OrganizationActor,
    @PathId('invitation_id', errors.invitation_not_found) id: string,
  ): Promise<InvitationResponse> {
    return this.invitations.revoke(actor, id);
  }
}
