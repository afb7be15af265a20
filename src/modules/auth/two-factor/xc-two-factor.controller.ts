import { Controller, Post } from '@nestjs/common';
import {
  Requires,
  type SessionActor,
  CurrentActor,
  type ClientInfo,
  CurrentClient,
} from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { MAIL_ERRORS, SECOND_FACTOR_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse } from '../message.response.js';
import { XcTokenResponse } from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { CodeRequest, TwoFactorSetupRequest } from './dto/two-factor.requests.js';
import { BackupCodesResponse, TwoFactorSetupResponse } from './dto/two-factor.responses.js';
import { StepUpService } from './step-up.service.js';
import { TwoFactorManagementService } from './two-factor-management.service.js';
import { TwoFactorSetupService } from './two-factor-setup.service.js';

const CODE_ERRORS = [...SECOND_FACTOR_ERRORS, errors.two_factor_not_enabled];
const SEND_CODE_ERRORS = [...MAIL_ERRORS, errors.two_factor_not_enabled, errors.two_factor_method_mismatch];

/** The second factor of a signed-in user: set-up, removal, backup codes, and the step-up of the session. */
@ApiTags('XC Two-factor authentication')
@Controller('api/v1/auth')
export class XcTwoFactorController {
  constructor(
    private readonly enrolment: TwoFactorSetupService,
    private readonly twoFactor: TwoFactorManagementService,
    private readonly stepUp: StepUpService,
    private readonly refreshService: RefreshService,
  ) {}

  @Post('2fa/setup')
  @Requires('session')
  @Operation({
    summary: 'Start the setup of a second factor',
    response: TwoFactorSetupResponse,
    errors: [
      errors.reauthentication_required,
      errors.password_incorrect,
      errors.two_factor_already_enabled,
      ...MAIL_ERRORS,
    ],
  })
  setUpTwoFactor(
    @CurrentActor() actor: SessionActor,
    @CurrentClient() client: ClientInfo,
    @Body() request: TwoFactorSetupRequest,
  ): Promise<TwoFactorSetupResponse> {
    return this.enrolment.start(actor, client, request);
  }

  @Post('2fa/confirm')
  @Requires('session')
  @Operation({
    summary: 'Confirm the second factor and get backup codes',
    response: BackupCodesResponse,
    errors: [...SECOND_FACTOR_ERRORS, errors.two_factor_setup_missing, errors.two_factor_already_enabled],
  })
  confirmTwoFactor(
    @CurrentActor() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<BackupCodesResponse> {
    return this.enrolment.confirm(actor, code);
  }

  @Post('2fa/disable')
  @Requires('session')
  @Operation({
    summary: 'Turn two-factor authentication off',
    response: MessageResponse,
    errors: [...CODE_ERRORS, errors.two_factor_enforced],
  })
  async disableTwoFactor(
    @CurrentActor() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<MessageResponse> {
    await this.twoFactor.disable(actor, code);
    return MessageResponse.from('Two-factor authentication is off.');
  }

  @Post('2fa/disable/send-code')
  @Requires('session')
  @Operation({
    summary: 'Send a code by e-mail to turn two-factor authentication off',
    response: MessageResponse,
    errors: [...SEND_CODE_ERRORS, errors.two_factor_enforced],
  })
  async sendDisableCode(@CurrentActor() actor: SessionActor): Promise<MessageResponse> {
    return MessageResponse.from(describeCode(await this.twoFactor.sendCode(actor, 'disable')));
  }

  @Post('2fa/backup-codes')
  @Requires('session')
  @Operation({ summary: 'Replace your backup codes', response: BackupCodesResponse, errors: CODE_ERRORS })
  regenerateBackupCodes(
    @CurrentActor() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<BackupCodesResponse> {
    return this.twoFactor.regenerateBackupCodes(actor, code);
  }

  @Post('step-up')
  @Requires('session')
  @Operation({
    summary: 'Verify the second factor for this session',
    response: XcTokenResponse,
    errors: CODE_ERRORS,
  })
  async stepUpSession(
    @CurrentActor() actor: SessionActor,
    @Body() { code }: CodeRequest,
  ): Promise<XcTokenResponse> {
    await this.stepUp.stepUp(actor, code);
    return XcTokenResponse.from((await this.refreshService.renewByBearer(actor)).accessToken);
  }

  @Post('step-up/send-code')
  @Requires('session')
  @Operation({
    summary: 'Send a step-up code by e-mail',
    response: MessageResponse,
    errors: SEND_CODE_ERRORS,
  })
  async sendStepUpCode(@CurrentActor() actor: SessionActor): Promise<MessageResponse> {
    return MessageResponse.from(describeCode(await this.twoFactor.sendCode(actor, 'step_up')));
  }
}

function describeCode(sent: boolean): string {
  return sent ? 'We sent you a code.' : 'We sent you a code less than a minute ago. Use that one.';
}
