import { Injectable } from '@nestjs/common';
import type { UserProfileResponse } from '@/modules/users/index.js';
import type { Client } from '@/platform/access/actor.js';
import { platformErrors, validationFailed } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';
import type { RegisterRequest, TokenRequest } from '../dto/auth.requests.js';
import { Admission } from '../registration/registration-policy.js';
import { RegistrationService } from '../registration/registration.service.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { TokenResponse } from '../tokens/dto/token.responses.js';
import { TokenPairs } from '../tokens/token-pair-issuer.js';
import { LoginService } from './login.service.js';
import { SecondStepService } from './second-factor-login.service.js';

/** The Xentree face of logging in. */
@Injectable()
export class XentreeAuthService {
  constructor(
    private readonly admission: Admission,
    private readonly registration: RegistrationService,
    private readonly logins: LoginService,
    private readonly secondStep: SecondStepService,
    private readonly tokens: TokenPairs,
  ) {}

  async register(client: Client, request: RegisterRequest): Promise<UserProfileResponse> {
    await this.admission.assertAdmitted(client, request.turnstile_token);
    return this.registration.register(request);
  }

  async token(client: Client, request: TokenRequest): Promise<TokenResponse> {
    return request.grant_type === 'two_factor'
      ? this.secondFactor(client, request)
      : this.password(client, request);
  }

  private async password(client: Client, { username, password }: TokenRequest): Promise<TokenResponse> {
    if (username === undefined || password === undefined) throw missing({ username, password });
    const outcome = await this.logins.withPassword({
      identifier: username,
      password,
      client,
      refreshable: true,
    });
    if ('session' in outcome) return this.firstPair(outcome.session);
    const { method, tempToken } = outcome;
    const error = method === null ? authErrors.two_factor_setup_required : platformErrors.two_factor_required;
    throw error({ facts: { two_factor_method: method, temp_token: tempToken } });
  }

  private async secondFactor(client: Client, { temp_token, code }: TokenRequest): Promise<TokenResponse> {
    if (temp_token === undefined || code === undefined) throw missing({ temp_token, code });
    return this.firstPair(
      await this.secondStep.verify({ tempToken: temp_token, code, client, refreshable: true }),
    );
  }

  private firstPair(session: Session): TokenResponse {
    return this.tokens.pair(session, session.refresh_counter ?? 1);
  }
}

function missing(fields: Record<string, string | undefined>): Error {
  const absent = Object.keys(fields).filter((path) => fields[path] === undefined);
  return validationFailed(absent.map((path) => ({ path, rule: 'required', message: 'is required' })));
}
