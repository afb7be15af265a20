import { Body, Controller, Post } from '@nestjs/common';
import { Public, Requires } from '@/platform/access/access.js';
import { type SessionActor, Caller, type Client, FromClient } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { LOGIN_ERRORS, REGISTER_ERRORS } from '../auth-error-sets.js';
import { LoginRequest, RefreshTokenRequest, XcRegisterRequest } from '../dto/auth.requests.js';
import { XcRegistrationService } from '../registration/xc-registration.service.js';
import {
  MessageResponse,
  XcLoginResponse,
  XcRegisterResponse,
  XcTokenResponse,
} from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { LogoutService } from './logout.service.js';
import { XcAuthService } from './xc-auth.service.js';

@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcAuthController {
  constructor(
    private readonly registration: XcRegistrationService,
    private readonly auth: XcAuthService,
    private readonly refresh: RefreshService,
    private readonly logouts: LogoutService,
  ) {}

  @Post('register')
  @Public()
  @Operation({
    summary: 'Register an organization and its first user',
    status: 201,
    answers: XcRegisterResponse,
    errors: REGISTER_ERRORS,
    idempotent: true,
  })
  xcRegister(@FromClient() client: Client, @Body() request: XcRegisterRequest): Promise<XcRegisterResponse> {
    return this.registration.register(client, request);
  }

  @Post('login')
  @Public()
  @Operation({
    summary: 'Log in with e-mail and password',
    description: 'With two-factor authentication `access_token` is null and `temp_token` leads on.',
    answers: XcLoginResponse,
    errors: LOGIN_ERRORS,
  })
  xcLogin(@FromClient() client: Client, @Body() request: LoginRequest): Promise<XcLoginResponse> {
    return this.auth.login(client, request);
  }

  @Post('refresh')
  @Requires('session')
  @Operation({
    summary: 'Renew a valid access token',
    answers: XcTokenResponse,
    errors: [platformErrors.token_invalid],
  })
  async xcRefresh(@Caller() actor: SessionActor): Promise<XcTokenResponse> {
    return XcTokenResponse.from((await this.refresh.renew(actor)).accessToken);
  }

  @Post('logout')
  @Public({ credentials: 'optional' })
  @Operation({ summary: 'Log out', answers: MessageResponse, errors: [platformErrors.token_invalid] })
  xcLogout(
    @Caller() actor: SessionActor | null,
    @Body() { refresh_token }: RefreshTokenRequest,
  ): Promise<MessageResponse> {
    return this.logouts.logout(actor, refresh_token);
  }

  @Post('logout-all')
  @Requires('session')
  @Operation({ summary: 'End all your sessions', answers: MessageResponse })
  xcLogoutAll(@Caller() actor: SessionActor): Promise<MessageResponse> {
    return this.logouts.logoutEverywhere(actor);
  }
}
