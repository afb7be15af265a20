import { Injectable } from '@nestjs/common';
import type { Client, SessionActor } from '@/platform/access/actor.js';
import type { AcceptInvitationRequest } from '../administration/dto/administration.requests.js';
import type { LoginRequest } from '../dto/auth.requests.js';
import { InvitationAcceptance } from '../registration/invitation-acceptance.service.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { JoinedResponse, XcLoginResponse, type XcSetupLoginResponse } from '../tokens/dto/token.responses.js';
import type { VerifyTwoFactorRequest } from '../two-factor/dto/two-factor.requests.js';
import { SetupStepService } from './enrolment-login.service.js';
import { LoginService } from './login.service.js';
import { SecondStepService } from './second-factor-login.service.js';

/** The XC face of logging in: no refresh tokens, six fields. */
@Injectable()
export class XcAuthService {
  constructor(
    private readonly logins: LoginService,
    private readonly secondStep: SecondStepService,
    private readonly setupStep: SetupStepService,
    private readonly acceptance: InvitationAcceptance,
    private readonly access: AccessTokens,
  ) {}

  async login(client: Client, { email, password }: LoginRequest): Promise<XcLoginResponse> {
    const outcome = await this.logins.withPassword({
      identifier: email,
      password,
      client,
      refreshable: false,
    });
    if ('session' in outcome) return XcLoginResponse.signedIn(this.access.issue(outcome.session));
    return XcLoginResponse.pending(outcome.method, outcome.tempToken);
  }

  async acceptInvitation(
    actor: SessionActor | null,
    client: Client,
    request: AcceptInvitationRequest,
  ): Promise<JoinedResponse | XcLoginResponse> {
    if (actor) return JoinedResponse.in(await this.acceptance.acceptSignedIn(actor, request.token));
    const outcome = await this.acceptance.acceptAnew(client, request);
    if ('tempToken' in outcome) return XcLoginResponse.pending(null, outcome.tempToken);
    return XcLoginResponse.signedIn(this.access.issue(outcome.session));
  }

  async verify(client: Client, { temp_token, code }: VerifyTwoFactorRequest): Promise<XcLoginResponse> {
    const session = await this.secondStep.verify({ tempToken: temp_token, code, client, refreshable: false });
    return XcLoginResponse.signedIn(this.access.issue(session));
  }

  async confirmSetup(
    client: Client,
    { temp_token, code }: VerifyTwoFactorRequest,
  ): Promise<XcSetupLoginResponse> {
    const { session, backupCodes } = await this.setupStep.confirm(temp_token, code, client);
    const message = 'Two-factor authentication is on. Keep the backup codes in a safe place.';
    return { ...XcLoginResponse.signedIn(this.access.issue(session)), backup_codes: backupCodes, message };
  }
}
