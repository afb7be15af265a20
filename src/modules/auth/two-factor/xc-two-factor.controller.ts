import { Body, Controller, Post } from '@nestjs/common';
import { Requires } from '@/platform/access/access.js';
import { type SessionActor, Caller, type Client, FromClient } from '@/platform/access/actor.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { MAIL_ERRORS, SECOND_FACTOR_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse, XcTokenResponse } from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { CodeRequest, TwoFactorSetupRequest } from './dto/two-factor.requests.js';
import { BackupCodesResponse, TwoFactorSetupResponse } from './dto/two-factor.responses.js';
import { TwoFactorSetup } from './two-factor-enrolment.service.js';
import { TwoFactorUse } from './two-factor.service.js';

const USE_ERRORS = [...SECOND_FACTOR_ERRORS, errors.two_factor_not_enabled];
const SEND_ERRORS = [...MAIL_ERRORS, errors.two_factor_not_enabled, errors.two_factor_method_mismatch];

@ApiTags('XC Two-factor authentication')
@Controller('api/v1/auth')
export class XcTwoFactorController {
  constructor(
    private readonly setup: TwoFactorSetup,
    private readonly use: TwoFactorUse,
    private readonly refresh: RefreshService,
  ) {}

  @Post('2fa/setup')
  @Requires('session')
  @Operation({
    summary: 'Begin to set up a second factor',
    answers: TwoFactorSetupResponse,
    errors: [
      errors.reauthentication_required,
      errors.password_incorrect,
      errors.two_factor_already_enabled,
      ...MAIL_ERRORS,
    ],
  })
  beginTwoFactor(
    @Caller() actor: SessionActor,
    @FromClient() client: Client,
    @Body() request: TwoFactorSetupRequest,
  ): Promise<TwoFactorSetupResponse> {
    return this.setup.begin(actor, client, request);
  }

  @Post('2fa/confirm')
  @Requires('session')
  @Operation({
    summary: 'Confirm the second factor and get backup codes',
    answers: BackupCodesResponse,
    errors: [...SECOND_FACTOR_ERRORS, errors.two_factor_setup_missing, errors.two_factor_already_enabled],
  })
  confirmTwoFactor(
    @Caller() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<BackupCodesResponse> {
    return this.setup.confirm(actor, code);
  }

  @Post('2fa/disable')
  @Requires('session')
  @Operation({
    summary: 'Switch two-factor authentication off',
    answers: MessageResponse,
    errors: [...USE_ERRORS, errors.two_factor_enforced],
  })
  async disableTwoFactor(
    @Caller() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<MessageResponse> {
    await this.use.disable(actor, code);
    return MessageResponse.saying('Two-factor authentication is off.');
  }

  @Post('2fa/disable/send-code')
  @Requires('session')
  @Operation({
    summary: 'Mail a code to switch two-factor authentication off',
    answers: MessageResponse,
    errors: [...SEND_ERRORS, errors.two_factor_enforced],
  })
  async sendDisableCode(@Caller() actor: SessionActor): Promise<MessageResponse> {
    await this.use.sendCode(actor, 'disable');
    return MessageResponse.saying('We sent you a code.');
  }

  @Post('2fa/backup-codes')
  @Requires('session')
  @Operation({ summary: 'Replace your backup codes', answers: BackupCodesResponse, errors: USE_ERRORS })
  regenerateBackupCodes(
    @Caller() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<BackupCodesResponse> {
    return this.use.regenerateBackupCodes(actor, code);
  }

  @Post('step-up')
  @Requires('session')
  @Operation({
    summary: 'Prove the second factor in this session',
    answers: XcTokenResponse,
    errors: USE_ERRORS,
  })
  async stepUp(@Caller() actor: SessionActor, @Body() { code }: CodeRequest): Promise<XcTokenResponse> {
    await this.use.stepUp(actor, code);
    return XcTokenResponse.from((await this.refresh.renew(actor)).accessToken);
  }

  @Post('step-up/send-code')
  @Requires('session')
  @Operation({ summary: 'Mail a code to step up with', answers: MessageResponse, errors: SEND_ERRORS })
  async sendStepUpCode(@Caller() actor: SessionActor): Promise<MessageResponse> {
    await this.use.sendCode(actor, 'step_up');
    return MessageResponse.saying('We sent you a code.');
  }
}
