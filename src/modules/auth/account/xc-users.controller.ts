import { Controller, Get, Patch } from '@nestjs/common';
import { UpdateXcUserRequest, UsersService, XcUserResponse } from '@/modules/users/index.js';
import {
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
import { authErrors as errors } from '../auth.errors.js';
import { AccountUpdateService } from './account-update.service.js';

@ApiTags('XC Users')
@Controller('api/v1/users')
export class XcUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly updates: AccountUpdateService,
  ) {}

  @Get('me')
  @Requires('session')
  @Operation({ summary: 'Get your own account', response: XcUserResponse })
  getXcMe(@CurrentActor() actor: SessionActor): Promise<XcUserResponse> {
    return this.users.readOwnXcUser(actor);
  }

  @Patch('me')
  @Requires('session')
  @Operation({
    summary: 'Update your own account or password',
    description: 'A new `password` requires `current_password` and ends all other sessions.',
    response: XcUserResponse,
    errors: [
      platformErrors.field_read_only,
      errors.password_incorrect,
      errors.password_too_weak,
      platformErrors.too_many_attempts,
    ],
  })
  updateXcMe(
    @CurrentActor() actor: SessionActor,
    @CurrentClient() client: ClientInfo,
    @Body() request: UpdateXcUserRequest,
  ): Promise<XcUserResponse> {
    return this.updates.update(actor, client, request);
  }
}
