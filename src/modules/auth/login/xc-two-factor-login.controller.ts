import { Body, Controller, Post } from '@nestjs/common';
import { Public } from '@/platform/access/access.js';
import { type Client, FromClient } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { MAIL_ERRORS, SECOND_FACTOR_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse, XcLoginResponse, XcSetupLoginResponse } from '../tokens/dto/token.responses.js';
import {
  SetupWithTempRequest,
  TempTokenRequest,
  VerifyTwoFactorRequest,
} from '../two-factor/dto/two-factor.requests.js';
import { TwoFactorSetupResponse } from '../two-factor/dto/two-factor.responses.js';
import { SetupStepService } from './enrolment-login.service.js';
import { SecondStepService } from './second-factor-login.service.js';
import { XcAuthService } from './xc-auth.service.js';

@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcLoginStepsController {
  constructor(
    private readonly auth: XcAuthService,
    private readonly secondStep: SecondStepService,
    private readonly setupStep: SetupStepService,
  ) {}

  @Post('verify-2fa')
  @Public()
  @Operation({
    summary: 'Finish a login with a code',
    answers: XcLoginResponse,
    errors: [...SECOND_FACTOR_ERRORS, errors.password_change_required],
  })
  verifyTwoFactor(
    @FromClient() client: Client,
    @Body() request: VerifyTwoFactorRequest,
  ): Promise<XcLoginResponse> {
    return this.auth.verify(client, request);
  }

  @Post('resend-2fa')
  @Public()
  @Operation({
    summary: 'Mail another login code',
    answers: MessageResponse,
    errors: [platformErrors.token_invalid, errors.two_factor_method_mismatch, ...MAIL_ERRORS],
  })
  async resendTwoFactor(@Body() { temp_token }: TempTokenRequest): Promise<MessageResponse> {
    await this.secondStep.resend(temp_token);
    return MessageResponse.saying('We sent you a new code.');
  }

  @Post('2fa/setup-with-temp')
  @Public()
  @Operation({
    summary: 'Set up the second factor a login demands',
    answers: TwoFactorSetupResponse,
    errors: [platformErrors.token_invalid, ...MAIL_ERRORS],
  })
  setupWithTemp(@Body() { temp_token, method }: SetupWithTempRequest): Promise<TwoFactorSetupResponse> {
    return this.setupStep.begin(temp_token, method);
  }

  @Post('2fa/confirm-with-temp')
  @Public()
  @Operation({
    summary: 'Confirm that factor and finish the login',
    answers: XcSetupLoginResponse,
    errors: [...SECOND_FACTOR_ERRORS, errors.two_factor_setup_missing, errors.two_factor_already_enabled],
  })
  confirmWithTemp(
    @FromClient() client: Client,
    @Body() request: VerifyTwoFactorRequest,
  ): Promise<XcSetupLoginResponse> {
    return this.auth.confirmSetup(client, request);
  }
}
