import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Public, Requires } from '@/platform/access/access.js';
import { Caller, type OrganizationActor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { PathId } from '@/platform/validation/path-id.js';
import { inOrganization } from '../access/organization-permission.js';
import { organizationErrors as errors } from '../organizations.errors.js';
import { CreateInvitationRequest, InvitationTokenQuery } from './dto/invitation.requests.js';
import { InvitationResponse, InvitationValidity } from './dto/invitation.responses.js';
import { InvitationOffers } from './invitation-redemption.service.js';
import { InvitationsService } from './invitations.service.js';

const MANAGE = inOrganization('invitations.manage', { from: 'primary' });
const MAIL_ERRORS = [platformErrors.too_many_attempts, platformErrors.mail_not_configured];

@ApiTags('XC Invitations')
@Controller('api/v1/invitations')
export class XcInvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly offers: InvitationOffers,
  ) {}

  @Get()
  @Requires('session', MANAGE)
  @Operation({ summary: 'List all invitations, newest first', answers: [InvitationResponse] })
  listInvitations(
    @Caller() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<InvitationResponse[]> {
    return this.offers.list(actor, query);
  }

  @Post()
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Invite somebody by mail',
    description: 'The invitation is bound to the address and valid for 7 days.',
    status: 201,
    answers: InvitationResponse,
    errors: [errors.already_member, errors.invitation_pending, ...MAIL_ERRORS],
    idempotent: true,
  })
  createInvitation(
    @Caller() actor: OrganizationActor,
    @Body() request: CreateInvitationRequest,
  ): Promise<InvitationResponse> {
    return this.invitations.create(actor, request);
  }

  @Get('validate')
  @Public()
  @Operation({ summary: 'Look at an invitation before accepting it', answers: InvitationValidity })
  validateInvitation(@Query() { token }: InvitationTokenQuery): Promise<InvitationValidity> {
    return this.offers.validate(token);
  }

  @Post(':invitation_id/resend')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Send a pending invitation again, with a new link',
    answers: InvitationResponse,
    errors: [errors.invitation_not_found, errors.invitation_not_pending, ...MAIL_ERRORS],
  })
  resendInvitation(
    @Caller() actor: OrganizationActor,
    @PathId('invitation_id', errors.invitation_not_found) id: string,
  ): Promise<InvitationResponse> {
    return this.invitations.resend(actor, id);
  }

  @Post(':invitation_id/revoke')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Revoke a pending invitation',
    answers: InvitationResponse,
    errors: [errors.invitation_not_found, errors.invitation_not_pending],
  })
  revokeInvitation(
    @Caller() actor: OrganizationActor,
    @PathId('invitation_id', errors.invitation_not_found) id: string,
  ): Promise<InvitationResponse> {
    return this.invitations.revoke(actor, id);
  }
}
