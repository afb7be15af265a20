import { Controller, Post } from '@nestjs/common';
import {
  Public,
  Requires,
  type SessionActor,
  CurrentActor,
  type ClientInfo,
  CurrentClient,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { LOGIN_ERRORS } from '../auth-error-sets.js';
import { MessageResponse } from '../message.response.js';
import { XcTokenResponse } from '../tokens/dto/token.responses.js';
import { RefreshService } from '../tokens/refresh.service.js';
import { RefreshTokenRequest } from './dto/login.requests.js';
import { XcLoginRequest } from './dto/xc-login.requests.js';
import { XcLoginResponse } from './dto/xc-login.responses.js';
import { LogoutService } from './logout.service.js';
import { XcLoginService } from './xc-login.service.js';

/** The log-in of the XC API: e-mail and password, the renewal of the access token, and log-out. */
@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcLoginController {
  constructor(
    private readonly loginService: XcLoginService,
    private readonly refreshService: RefreshService,
    private readonly logoutService: LogoutService,
  ) {}

  @Post('login')
  @Public()
  @Operation({
    summary: 'Log in with e-mail and password',
    description: 'With two-factor authentication `access_token` is null; continue with `temp_token`.',
    response: XcLoginResponse,
    errors: LOGIN_ERRORS,
  })
  loginXcUser(
    @CurrentClient() client: ClientInfo,
    @Body() request: XcLoginRequest,
  ): Promise<XcLoginResponse> {
    return this.loginService.login(client, request);
  }

  @Post('refresh')
  @Requires('session')
  @Operation({
    summary: 'Renew a valid access token',
    response: XcTokenResponse,
    errors: [platformErrors.token_invalid],
  })
  async refreshXcToken(@CurrentActor() actor: SessionActor): Promise<XcTokenResponse> {
    return XcTokenResponse.from((await this.refreshService.renewByBearer(actor)).accessToken);
  }

  @Post('logout')
  @Public({ credentials: 'optional' })
  @Operation({ summary: 'Log out', response: MessageResponse, errors: [platformErrors.token_invalid] })
  logoutXcUser(
    @CurrentActor() actor: SessionActor | null,
    @Body() { refresh_token }: RefreshTokenRequest,
  ): Promise<MessageResponse> {
    return this.logoutService.logout(actor, refresh_token);
  }

  @Post('logout-all')
  @Requires('session')
  @Operation({ summary: 'End all your sessions', response: MessageResponse })
  logoutXcUserEverywhere(@CurrentActor() actor: SessionActor): Promise<MessageResponse> {
    return this.logoutService.logoutAll(actor);
  }
}
