import { Controller, Post } from '@nestjs/common';
import { Public, type ClientInfo, CurrentClient } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { MAIL_ERRORS, SECOND_FACTOR_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse } from '../message.response.js';
import { TwoFactorSetupResponse } from '../two-factor/dto/two-factor.responses.js';
import { SetupWithTempRequest, TempTokenRequest, VerifyTwoFactorRequest } from './dto/xc-login.requests.js';
import { XcLoginResponse, XcSetupLoginResponse } from './dto/xc-login.responses.js';
import { TwoFactorSetupLoginService } from './two-factor-setup-login.service.js';
import { XcLoginService } from './xc-login.service.js';

/**
 * The second step of a log-in to the XC API, for a caller who has a `temp_token` and no session: a code, or the setup of a
 * second factor that an organization requires.
 */
@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcTwoFactorLoginController {
  constructor(
    private readonly loginService: XcLoginService,
    private readonly twoFactorSetupLogin: TwoFactorSetupLoginService,
  ) {}

  @Post('verify-2fa')
  @Public()
  @Operation({
    summary: 'Finish a login with a code',
    response: XcLoginResponse,
    errors: [...SECOND_FACTOR_ERRORS, errors.password_change_required],
  })
  verifyTwoFactor(
    @CurrentClient() client: ClientInfo,
    @Body() request: VerifyTwoFactorRequest,
  ): Promise<XcLoginResponse> {
    return this.loginService.verifySecondFactor(client, request);
  }

  @Post('resend-2fa')
  @Public()
  @Operation({
    summary: 'Send another login code by e-mail',
    response: MessageResponse,
    errors: [
      platformErrors.token_invalid,
      errors.two_factor_setup_missing,
      errors.two_factor_method_mismatch,
      ...MAIL_ERRORS,
    ],
  })
  async resendTwoFactor(@Body() { temp_token }: TempTokenRequest): Promise<MessageResponse> {
    await this.loginService.resendCode(temp_token);
    return MessageResponse.from('We sent you a new code.');
  }

  @Post('2fa/setup-with-temp')
  @Public()
  @Operation({
    summary: 'Set up the second factor that a login requires',
    response: TwoFactorSetupResponse,
    errors: [platformErrors.token_invalid, ...MAIL_ERRORS],
  })
  setUpTwoFactorAtLogin(
    @Body() { temp_token, method }: SetupWithTempRequest,
  ): Promise<TwoFactorSetupResponse> {
    return this.twoFactorSetupLogin.start(temp_token, method);
  }

  @Post('2fa/confirm-with-temp')
  @Public()
  @Operation({
    summary: 'Confirm the second factor and finish the login',
    response: XcSetupLoginResponse,
    errors: [...SECOND_FACTOR_ERRORS, errors.two_factor_setup_missing, errors.two_factor_already_enabled],
  })
  confirmTwoFactorAtLogin(
    @CurrentClient() client: ClientInfo,
    @Body() request: VerifyTwoFactorRequest,
  ): Promise<XcSetupLoginResponse> {
    return this.loginService.confirmTwoFactorSetup(client, request);
  }
}
