import { Injectable } from '@nestjs/common';
import type { ClientInfo, SessionActor } from '@/platform/access/actor.js';
import type { AcceptInvitationRequest } from '../administration/dto/administration.requests.js';
import type { LoginRequest } from './dto/login.requests.js';
import { InvitationAcceptanceService } from '../registration/invitation-acceptance.service.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { JoinedResponse, XcLoginResponse, type XcSetupLoginResponse } from '../tokens/dto/token.responses.js';
import type { VerifyTwoFactorRequest } from '../two-factor/dto/two-factor.requests.js';
import { TwoFactorSetupLoginService } from './two-factor-setup-login.service.js';
import { PasswordLoginService } from './password-login.service.js';
import { SecondFactorLoginService } from './second-factor-login.service.js';

/** The XC face of logging in: no refresh tokens, six fields. */
@Injectable()
export class XcLoginService {
  constructor(
    private readonly loginService: PasswordLoginService,
    private readonly secondFactorLogin: SecondFactorLoginService,
    private readonly enrolmentLogin: TwoFactorSetupLoginService,
    private readonly invitationAcceptance: InvitationAcceptanceService,
    private readonly accessTokens: AccessTokens,
  ) {}

  async login(client: ClientInfo, { email, password }: LoginRequest): Promise<XcLoginResponse> {
    const result = await this.loginService.login({
      identifier: email,
      password,
      client,
      refreshable: false,
    });
    if ('session' in result) return XcLoginResponse.completed(this.accessTokens.issue(result.session));
    return XcLoginResponse.pending(result.method, result.tempToken);
  }

  async acceptInvitation(
    actor: SessionActor | null,
    client: ClientInfo,
    request: AcceptInvitationRequest,
  ): Promise<JoinedResponse | XcLoginResponse> {
    if (actor)
      return JoinedResponse.from(await this.invitationAcceptance.acceptAsCurrentUser(actor, request.token));
    const result = await this.invitationAcceptance.acceptWithNewAccount(client, request);
    if ('tempToken' in result) return XcLoginResponse.pending(null, result.tempToken);
    return XcLoginResponse.completed(this.accessTokens.issue(result.session));
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

  async confirmEnrolment(
    client: ClientInfo,
    { temp_token, code }: VerifyTwoFactorRequest,
  ): Promise<XcSetupLoginResponse> {
    const { session, backupCodes } = await this.enrolmentLogin.confirm(temp_token, code, client);
    const message = 'Two-factor authentication is on. Keep the backup codes in a safe place.';
    return {
      ...XcLoginResponse.completed(this.accessTokens.issue(session)),
      backup_codes: backupCodes,
      message,
    };
  }
}
