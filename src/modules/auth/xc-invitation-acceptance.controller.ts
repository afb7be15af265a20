import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '../../platform/docs/reference.js';
import { platformErrors } from '../../platform/errors/index.js';
import { Public } from '../../platform/http/access.js';
import { Caller, type Client, FromClient, type SessionActor } from '../../platform/http/actor.js';
import { Operation } from '../../platform/http/operation.js';
import { organizationErrors } from '../organizations/index.js';
import { authErrors as errors } from './auth.errors.js';
import { AcceptInvitationRequest } from './dto/administration.requests.js';
import { JoinedResponse, XcLoginResponse } from './dto/token.responses.js';
import { XcAuthService } from './xc-auth.service.js';

@ApiTags('XC Invitations')
@Controller('api/v1/invitations')
export class XcInvitationAcceptanceController {
  constructor(private readonly auth: XcAuthService) {}

  @Post('accept')
  @Public({ credentials: 'optional' })
  @Operation({
    summary: 'Accept an invitation',
    description: 'Signed in with the invited address; or signed out, with a `password` for a new account.',
    answers: { oneOf: [JoinedResponse, XcLoginResponse] },
    errors: [
      organizationErrors.invitation_invalid,
      organizationErrors.invitation_for_another,
      organizationErrors.role_insufficient,
      errors.login_required,
      errors.registration_closed,
      errors.password_too_weak,
      platformErrors.overloaded,
    ],
  })
  acceptInvitation(
    @Caller() actor: SessionActor | null,
    @FromClient() client: Client,
    @Body() request: AcceptInvitationRequest,
  ): Promise<JoinedResponse | XcLoginResponse> {
    return this.auth.acceptInvitation(actor, client, request);
  }
}
