import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/index.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';
import type { VerifyTwoFactorRequest, XcLoginRequest } from './dto/xc-login.requests.js';
import { XcLoginResponse, type XcSetupLoginResponse } from './dto/xc-login.responses.js';
import { PasswordLoginService } from './password-login.service.js';
import { SecondFactorLoginService } from './second-factor-login.service.js';
import { TwoFactorSetupLoginService } from './two-factor-setup-login.service.js';

/** Logs in to the XC API: no refresh tokens; a pending second step is a 200 response with a `temp_token`. */
@Injectable()
export class XcLoginService {
  constructor(
    private readonly passwordLogin: PasswordLoginService,
    private readonly secondFactorLogin: SecondFactorLoginService,
    private readonly twoFactorSetupLogin: TwoFactorSetupLoginService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly accessTokens: AccessTokens,
  ) {}

  async login(client: ClientInfo, { email, password }: XcLoginRequest): Promise<XcLoginResponse> {
    const result = await this.passwordLogin.login({
      identifier: email,
      password,
      client,
      refreshable: false,
    });
    if ('session' in result) return XcLoginResponse.completed(this.accessTokens.issue(result.session));
    return XcLoginResponse.pending(result.method, result.tempToken);
  }

  async verifySecondFactor(
    client: ClientInfo,
    { temp_token, code }: VerifyTwoFactorRequest,
  ): Promise<XcLoginResponse> {
    const session = await this.secondFactorLogin.verify({
      tempToken: temp_token,
      code,
      client,
      refreshable: false,
    });
    return XcLoginResponse.completed(this.accessTokens.issue(session));
  }

  /** Sends another code for a log-in, or for the setup that a log-in requires. */
  async resendCode(tempToken: string): Promise<void> {
    if (this.loginChallenges.getPurpose(tempToken) === 'setup')
      await this.twoFactorSetupLogin.resendCode(tempToken);
    else await this.secondFactorLogin.resendCode(tempToken);
  }

  async confirmTwoFactorSetup(
    client: ClientInfo,
    { temp_token, code }: VerifyTwoFactorRequest,
  ): Promise<XcSetupLoginResponse> {
    const { session, backupCodes } = await this.twoFactorSetupLogin.confirm(temp_token, code, client);
    return {
      ...XcLoginResponse.completed(this.accessTokens.issue(session)),
      backup_codes: backupCodes,
      message: 'Two-factor authentication is on. Keep the backup codes in a safe place.',
    };
  }
}
