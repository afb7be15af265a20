import { Body, Controller, Post } from '@nestjs/common';
import { userErrors } from '@/modules/users/index.js';
import { Public } from '@/platform/access/access.js';
import { type SessionActor, Caller } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { MAIL_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import {
  AddressRequest,
  MailTokenRequest,
  ResendVerificationRequest,
  ResetPasswordRequest,
} from '../dto/auth.requests.js';
import { MessageResponse } from '../tokens/dto/token.responses.js';
import { LinkRequests } from './email-link-request.service.js';
import { LinksService } from './email-link.service.js';

@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcRecoveryController {
  constructor(
    private readonly requests: LinkRequests,
    private readonly links: LinksService,
  ) {}

  @Post('forgot-password')
  @Public()
  @Operation({
    summary: 'Ask for a reset link',
    description: 'Answers the same for every address.',
    answers: MessageResponse,
    errors: MAIL_ERRORS,
  })
  async forgotPassword(@Body() { email }: AddressRequest): Promise<MessageResponse> {
    await this.requests.forgotPassword(email);
    return MessageResponse.saying('If there is an account with this address, we sent it a link.');
  }

  @Post('reset-password')
  @Public()
  @Operation({
    summary: 'Set a new password with a reset link',
    answers: MessageResponse,
    errors: [errors.link_invalid, errors.password_too_weak, platformErrors.overloaded],
  })
  async resetPassword(@Body() { token, password }: ResetPasswordRequest): Promise<MessageResponse> {
    await this.links.resetPassword(token, password);
    return MessageResponse.saying('Your password is set. Log in with it.');
  }

  @Post('verify-email')
  @Public()
  @Operation({
    summary: 'Confirm an e-mail address',
    answers: MessageResponse,
    errors: [errors.link_invalid, userErrors.email_taken],
  })
  async verifyEmail(@Body() { token }: MailTokenRequest): Promise<MessageResponse> {
    await this.links.verifyEmail(token);
    return MessageResponse.saying('Your e-mail address is confirmed.');
  }

  @Post('resend-verification')
  @Public({ credentials: 'optional' })
  @Operation({
    summary: 'Ask for another confirmation mail',
    description: 'By address, with the same answer for every one; or signed in, without a body.',
    answers: MessageResponse,
    errors: MAIL_ERRORS,
  })
  async resendVerification(
    @Caller() actor: SessionActor | null,
    @Body() { email }: ResendVerificationRequest,
  ): Promise<MessageResponse> {
    await this.requests.resendVerification(actor, email);
    return MessageResponse.saying('If there is an unconfirmed account with this address, we sent it a link.');
  }
}
