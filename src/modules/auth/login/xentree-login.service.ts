import { Injectable } from '@nestjs/common';
import type { UserProfileResponse } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/actor.js';
import { platformErrors, validationFailed } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';
import type { RegisterRequest, TokenRequest } from './dto/login.requests.js';
import { RegistrationPolicy } from '../registration/registration-policy.js';
import { XentreeRegistrationService } from '../registration/xentree-registration.service.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { TokenResponse } from '../tokens/dto/token.responses.js';
import { TokenPairIssuer } from '../tokens/token-pair-issuer.js';
import { PasswordLoginService } from './password-login.service.js';
import { SecondFactorLoginService } from './second-factor-login.service.js';

/** The Xentree face of logging in. */
@Injectable()
export class XentreeLoginService {
  constructor(
    private readonly registrationPolicy: RegistrationPolicy,
    private readonly registration: XentreeRegistrationService,
    private readonly loginService: PasswordLoginService,
    private readonly secondFactorLogin: SecondFactorLoginService,
    private readonly tokenPairs: TokenPairIssuer,
  ) {}

  async register(client: ClientInfo, request: RegisterRequest): Promise<UserProfileResponse> {
    await this.registrationPolicy.assertAllowed(client, request.turnstile_token);
    return this.registration.register(request);
  }

  async issueToken(client: ClientInfo, request: TokenRequest): Promise<TokenResponse> {
    return request.grant_type === 'two_factor'
      ? this.finishTwoFactorLogin(client, request)
      : this.loginWithPassword(client, request);
  }

  private async loginWithPassword(
    client: ClientInfo,
    { username, password }: TokenRequest,
  ): Promise<TokenResponse> {
    if (username === undefined || password === undefined) throw missingFieldsError({ username, password });
    const outcome = await this.loginService.login({
      identifier: username,
      password,
      client,
      refreshable: true,
    });
    if ('session' in outcome) return this.issueFirstPair(outcome.session);
    const { method, tempToken } = outcome;
    const error = method === null ? authErrors.two_factor_setup_required : platformErrors.two_factor_required;
    throw error({ data: { two_factor_method: method, temp_token: tempToken } });
  }

  private async finishTwoFactorLogin(
    client: ClientInfo,
    { temp_token, code }: TokenRequest,
  ): Promise<TokenResponse> {
    if (temp_token === undefined || code === undefined) throw missingFieldsError({ temp_token, code });
    return this.issueFirstPair(
      await this.secondFactorLogin.verify({ tempToken: temp_token, code, client, refreshable: true }),
    );
  }

  private issueFirstPair(session: Session): TokenResponse {
    return this.tokenPairs.issue(session, session.refresh_counter ?? 1);
  }
}

function missingFieldsError(fields: Record<string, string | undefined>): Error {
  const missingFields = Object.keys(fields).filter((path) => fields[path] === undefined);
  return validationFailed(missingFields.map((path) => ({ path, rule: 'required', message: 'is required' })));
}
