import { Controller, Post } from '@nestjs/common';
import { userErrors } from '@/modules/users/index.js';
import {
  Public,
  type ClientInfo,
  CurrentClient,
  type SessionActor,
  CurrentActor,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { MAIL_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse } from '../message.response.js';
import {
  AddressRequest,
  MailTokenRequest,
  ResendVerificationRequest,
  ResetPasswordRequest,
} from './dto/recovery.requests.js';
import { EmailLinkRequestService } from './email-link-request.service.js';
import { EmailLinkService } from './email-link.service.js';
import { EmailReversionService } from './email-reversion.service.js';
import { PasswordLinkService } from './password-link.service.js';

@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcRecoveryController {
  constructor(
    private readonly emailLinkRequests: EmailLinkRequestService,
    private readonly emailLinks: EmailLinkService,
    private readonly passwordLinks: PasswordLinkService,
    private readonly emailReversions: EmailReversionService,
  ) {}

  @Post('forgot-password')
  @Public()
  @Operation({
    summary: 'Request a password reset link',
    description: 'The response is the same for every address.',
    response: MessageResponse,
    errors: MAIL_ERRORS,
  })
  async forgotPassword(
    @CurrentClient() client: ClientInfo,
    @Body() { email }: AddressRequest,
  ): Promise<MessageResponse> {
    await this.emailLinkRequests.requestPasswordReset(client, email);
    return MessageResponse.from('If an account with this address exists, we sent it a link.');
  }

  @Post('reset-password')
  @Public()
  @Operation({
    summary: 'Set a new password with a reset link',
    response: MessageResponse,
    errors: [errors.link_invalid, errors.password_too_weak, platformErrors.overloaded],
  })
  async resetPassword(@Body() { token, password }: ResetPasswordRequest): Promise<MessageResponse> {
    await this.passwordLinks.resetPassword(token, password);
    return MessageResponse.from('Your password was changed. Log in with the new password.');
  }

  @Post('verify-email')
  @Public()
  @Operation({
    summary: 'Confirm an e-mail address',
    response: MessageResponse,
    errors: [errors.link_invalid, userErrors.email_taken],
  })
  async verifyEmail(@Body() { token }: MailTokenRequest): Promise<MessageResponse> {
    await this.emailLinks.verifyEmail(token);
    return MessageResponse.from('Your e-mail address is confirmed.');
  }

  @Post('revert-email')
  @Public()
  @Operation({
    summary: 'Restore a replaced e-mail address',
    description:
      'With the link that the replaced address receives after a change; it is valid for 7 days. Ends all sessions, ' +
      'suspends the API keys, and ends outstanding codes and links. Changes neither the password nor the second factor.',
    response: MessageResponse,
    errors: [errors.link_invalid, userErrors.email_taken],
  })
  async revertEmail(@Body() { token }: MailTokenRequest): Promise<MessageResponse> {
    await this.emailReversions.revertEmail(token);
    return MessageResponse.from('Your e-mail address was restored. Reset your password now.');
  }

  @Post('resend-verification')
  @Public({ credentials: 'optional' })
  @Operation({
    summary: 'Request another confirmation e-mail',
    description:
      'Send the address (the response is the same for every address), or an access token and no body.',
    response: MessageResponse,
    errors: MAIL_ERRORS,
  })
  async resendVerification(
    @CurrentActor() actor: SessionActor | null,
    @CurrentClient() client: ClientInfo,
    @Body() { email }: ResendVerificationRequest,
  ): Promise<MessageResponse> {
    await this.emailLinkRequests.resendVerification(actor, client, email);
    return MessageResponse.from('If an unconfirmed account with this address exists, we sent it a link.');
  }
}
