import { Controller, Post, UseInterceptors } from '@nestjs/common';
import { Public, type ClientInfo, CurrentClient } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { REGISTER_ERRORS } from '../auth-error-sets.js';
import { XcRegisterRequest } from './dto/registration.requests.js';
import { XcRegisterResponse } from './dto/registration.responses.js';
import { RefusedRegistrationInterceptor } from './refused-registration.interceptor.js';
import { XcRegistrationService } from './xc-registration.service.js';

@ApiTags('XC Authentication')
@Controller('api/v1/auth')
export class XcRegistrationController {
  constructor(private readonly registration: XcRegistrationService) {}

  @Post('register')
  @Public()
  @Operation({
    summary: 'Register an organization and its first user',
    status: 201,
    response: XcRegisterResponse,
    errors: REGISTER_ERRORS,
    idempotent: true,
  })
  @UseInterceptors(RefusedRegistrationInterceptor)
  registerXcUser(
    @CurrentClient() client: ClientInfo,
    @Body() request: XcRegisterRequest,
  ): Promise<XcRegisterResponse> {
    return this.registration.register(client, request);
  }
}
