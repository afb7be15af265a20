import { Controller, Post, UseInterceptors } from '@nestjs/common';
import { userErrors, UserProfileResponse } from '@/modules/users/index.js';
import { Public, type ClientInfo, CurrentClient } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { REGISTER_ERRORS } from '../auth-error-sets.js';
import { RegisterRequest } from './dto/registration.requests.js';
import { RefusedRegistrationInterceptor } from './refused-registration.interceptor.js';
import { XentreeRegistrationService } from './xentree-registration.service.js';

@ApiTags('Authentication')
@Controller('api/auth')
export class XentreeRegistrationController {
  constructor(private readonly registration: XentreeRegistrationService) {}

  @Post('register')
  @Public()
  @Operation({
    summary: 'Register a new user',
    status: 201,
    response: UserProfileResponse,
    errors: [...REGISTER_ERRORS, userErrors.username_taken],
    idempotent: true,
  })
  @UseInterceptors(RefusedRegistrationInterceptor)
  registerUser(
    @CurrentClient() client: ClientInfo,
    @Body() request: RegisterRequest,
  ): Promise<UserProfileResponse> {
    return this.registration.register(client, request);
  }
}
