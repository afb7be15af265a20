import { Controller, Post } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import { userErrors } from '@/modules/users/index.js';
import {
  Public,
  CurrentActor,
  type ClientInfo,
  CurrentClient,
  type SessionActor,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { authErrors as errors } from '../auth.errors.js';
import { XcLoginResponse } from '../login/dto/xc-login.responses.js';
import { AcceptInvitationRequest } from './dto/registration.requests.js';
import { JoinedResponse } from './dto/registration.responses.js';
import { XcInvitationAcceptanceService } from './invitation-acceptance.service.js';

@ApiTags('XC Invitations')
@Controller('api/v1/invitations')
export class XcInvitationAcceptanceController {
  constructor(private readonly invitationAcceptance: XcInvitationAcceptanceService) {}

  @Post('accept')
  @Public({ credentials: 'optional' })
  @Operation({
    summary: 'Accept an invitation',
    description:
      'With the access token of the invited user, or without a token and with a `password` for a new account.',
    response: { oneOf: [JoinedResponse, XcLoginResponse] },
    errors: [
      organizationErrors.invitation_invalid,
      organizationErrors.invitation_for_another,
      organizationErrors.role_insufficient,
      errors.login_required,
      userErrors.email_taken,
      errors.registration_closed,
      errors.password_too_weak,
      platformErrors.overloaded,
    ],
  })
  acceptInvitation(
    @CurrentActor() actor: SessionActor | null,
    @CurrentClient() client: ClientInfo,
    @Body() request: AcceptInvitationRequest,
  ): Promise<JoinedResponse | XcLoginResponse> {
    return this.invitationAcceptance.accept(actor, client, request);
  }
}
