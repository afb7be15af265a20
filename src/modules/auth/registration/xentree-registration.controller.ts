import { Body, Controller, Post } from '@nestjs/common';
import { userErrors, UserProfileResponse } from '@/modules/users/index.js';
import { Public } from '@/platform/access/access.js';
import { type ClientInfo, CurrentClient } from '@/platform/access/actor.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { REGISTER_ERRORS } from '../auth-error-sets.js';
import { RegisterRequest } from './dto/registration.requests.js';
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
  register(
    @CurrentClient() client: ClientInfo,
    @Body() request: RegisterRequest,
  ): Promise<UserProfileResponse> {
    return this.registration.register(client, request);
  }
}
