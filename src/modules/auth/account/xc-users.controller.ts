import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '../../../platform/docs/reference.js';
import { platformErrors } from '../../../platform/errors/index.js';
import { Requires } from '../../../platform/http/access.js';
import { type SessionActor, Caller, type Client, FromClient } from '../../../platform/http/actor.js';
import { Operation } from '../../../platform/http/operation.js';
import { UpdateXcUserRequest, UsersService, XcUserResponse } from '../../users/index.js';
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
  @Operation({ summary: 'Get your own account', answers: XcUserResponse })
  getXcMe(@Caller() actor: SessionActor): Promise<XcUserResponse> {
    return this.users.xcMe(actor);
  }

  @Patch('me')
  @Requires('session')
  @Operation({
    summary: 'Update your own account or password',
    description: 'A new `password` needs `current_password` and ends all other sessions.',
    answers: XcUserResponse,
    errors: [
      platformErrors.field_read_only,
      errors.password_incorrect,
      errors.password_too_weak,
      platformErrors.too_many_attempts,
    ],
  })
  updateXcMe(
    @Caller() actor: SessionActor,
    @FromClient() client: Client,
    @Body() request: UpdateXcUserRequest,
  ): Promise<XcUserResponse> {
    return this.updates.update(actor, client, request);
  }
}
