import { Controller, Post } from '@nestjs/common';
import {
  Public,
  type SessionActor,
  CurrentActor,
  type ClientInfo,
  CurrentClient,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { LOGIN_ERRORS, SECOND_FACTOR_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse } from '../message.response.js';
import { TokenResponse } from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { RefreshTokenRequest, TokenRequest } from './dto/login.requests.js';
import { LogoutService } from './logout.service.js';
import { XentreeLoginService } from './xentree-login.service.js';

/** The log-in of the Xentree API: the OAuth 2.0 token endpoint with its three grants, refresh tokens, and log-out. */
@ApiTags('Authentication')
@Controller('api/auth')
export class XentreeLoginController {
  constructor(
    private readonly loginService: XentreeLoginService,
    private readonly refreshService: RefreshService,
    private readonly logoutService: LogoutService,
  ) {}

  @Post('token')
  @Public()
  @Operation({
    summary: 'Log in and get an access token',
    description:
      'With two-factor authentication the response to the password is 403 `two_factor_required` with a ' +
      '`temp_token`. Finish with `grant_type=two_factor`, `temp_token` and `code`. Errors also have the fields ' +
      '`error` and `error_description` of OAuth 2.0. Client credentials and unknown parameters are ignored.',
    response: TokenResponse,
    errors: [
      ...LOGIN_ERRORS,
      ...SECOND_FACTOR_ERRORS,
      platformErrors.two_factor_required,
      errors.two_factor_setup_required,
      errors.unsupported_grant_type,
    ],
    facts: {
      two_factor_required: { two_factor_method: 'totp', temp_token: 'eyJhbGciOiJIUzI1NiJ9…' },
      two_factor_setup_required: { two_factor_method: null, temp_token: 'eyJhbGciOiJIUzI1NiJ9…' },
    },
    consumes: 'form',
    bodyRequired: true,
    oauth: true,
  })
  createToken(@CurrentClient() client: ClientInfo, @Body() request: TokenRequest): Promise<TokenResponse> {
    return this.loginService.issueToken(client, request);
  }

  @Post('refresh')
  @Public({ credentials: 'optional' })
  @Operation({
    summary: 'Refresh an access token',
    description: 'With a refresh token in the body, or without a body and with a valid access token.',
    response: TokenResponse,
    errors: [platformErrors.token_invalid],
  })
  refreshToken(
    @CurrentActor() actor: SessionActor | null,
    @Body() { refresh_token }: RefreshTokenRequest,
  ): Promise<TokenResponse> {
    return this.refreshService.refresh(actor, refresh_token);
  }

  @Post('logout')
  @Public({ credentials: 'optional' })
  @Operation({
    summary: 'Log out the current user',
    description: 'Ends the session of the access token and of the refresh token in the body.',
    response: MessageResponse,
    errors: [platformErrors.token_invalid],
  })
  logout(
    @CurrentActor() actor: SessionActor | null,
    @Body() { refresh_token }: RefreshTokenRequest,
  ): Promise<MessageResponse> {
    return this.logoutService.logout(actor, refresh_token);
  }
}
