import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/index.js';
import { platformErrors, validationFailed } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { TokenResponse } from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { TokenPairIssuer } from '../tokens/token-pair-issuer.js';
import type { TokenRequest } from './dto/login.requests.js';
import { PasswordLoginService } from './password-login.service.js';
import { SecondFactorLoginService } from './second-factor-login.service.js';

/** Logs in to the Xentree API: an OAuth 2.0 password form in, an access token and a refresh token out. */
@Injectable()
export class XentreeLoginService {
  constructor(
    private readonly passwordLogin: PasswordLoginService,
    private readonly secondFactorLogin: SecondFactorLoginService,
    private readonly tokenPairs: TokenPairIssuer,
    private readonly refreshService: RefreshService,
  ) {}

  /** Throws 403 with a `temp_token` if the login needs a second step, and `unsupported_grant_type`. */
  async issueToken(client: ClientInfo, request: TokenRequest): Promise<TokenResponse> {
    switch (request.grant_type) {
      case 'password':
        return this.loginWithPassword(client, request);
      case 'two_factor':
        return this.finishTwoFactorLogin(client, request);
      case 'refresh_token':
        return this.rotateRefreshToken(request);
      default:
        throw authErrors.unsupported_grant_type();
    }
  }

  private async rotateRefreshToken({ refresh_token }: TokenRequest): Promise<TokenResponse> {
    if (refresh_token === undefined) throw missingFieldsError({ refresh_token });
    return this.refreshService.rotate(refresh_token);
  }

  private async loginWithPassword(
    client: ClientInfo,
    { username, password }: TokenRequest,
  ): Promise<TokenResponse> {
    if (username === undefined || password === undefined) throw missingFieldsError({ username, password });
    const result = await this.passwordLogin.login({
      identifier: username,
      password,
      client,
      refreshable: true,
    });
    if ('session' in result) return this.issueFirstPair(result.session);
    const { method, tempToken } = result;
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
