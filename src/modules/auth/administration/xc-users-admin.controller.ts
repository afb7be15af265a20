import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { inOrganization, organizationErrors } from '@/modules/organizations/index.js';
import { DirectoryService, userErrors, XcUserResponse } from '@/modules/users/index.js';
import {
  Requires,
  CurrentActor,
  type ClientInfo,
  CurrentClient,
  type OrganizationActor,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { MAIL_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse } from '../message.response.js';
import type { Administrator } from './administration.rules.js';
import { CreateUserRequest, UpdateUserRequest } from './dto/administration.requests.js';
import { ProvisioningService } from './provisioning.service.js';
import { UnacceptedAccountService } from './unaccepted-account.service.js';
import { UserAdministrationService } from './user-administration.service.js';

const MANAGE_USERS = inOrganization('users.manage', { from: 'primary' });
const MANAGED_USER_ERRORS = [organizationErrors.user_not_found, errors.not_home_organization];

@ApiTags('XC Users')
@Controller('api/v1/users')
export class XcUsersAdminController {
  constructor(
    private readonly directory: DirectoryService,
    private readonly provisioning: ProvisioningService,
    private readonly administration: UserAdministrationService,
    private readonly unacceptedAccounts: UnacceptedAccountService,
  ) {}

  @Get()
  @Requires('session', MANAGE_USERS)
  @Operation({
    summary: 'List the users of your organization, newest first',
    response: [XcUserResponse],
  })
  listXcUsers(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<XcUserResponse[]> {
    return this.directory.list(actor, query);
  }

  @Post()
  @Requires('session', MANAGE_USERS)
  @Operation({
    summary: 'Create a user account',
    description:
      'Sends the user a link to set a password; it is valid for 24 hours. Passwords are never sent by e-mail.',
    status: 201,
    response: XcUserResponse,
    errors: [
      userErrors.email_taken,
      errors.password_too_weak,
      platformErrors.mail_not_configured,
      platformErrors.overloaded,
    ],
    idempotent: true,
  })
  createXcUser(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: CreateUserRequest,
  ): Promise<XcUserResponse> {
    return this.provisioning.create(actor, request);
  }

  @Patch(':user_id')
  @Requires('session', MANAGE_USERS)
  @Operation({
    summary: 'Update a user of your organization',
    description: 'Fields other than `role` can be changed only by the organization that created the account.',
    response: XcUserResponse,
    errors: [
      ...MANAGED_USER_ERRORS,
      organizationErrors.last_owner,
      userErrors.email_taken,
      errors.password_too_weak,
      errors.password_incorrect,
      platformErrors.field_read_only,
      platformErrors.too_many_attempts,
    ],
  })
  updateXcUser(
    @CurrentActor() actor: Administrator,
    @CurrentClient() client: ClientInfo,
    @PathId('user_id', organizationErrors.user_not_found) userId: string,
    @Body() request: UpdateUserRequest,
  ): Promise<XcUserResponse> {
    return this.administration.update(actor, client, userId, request);
  }

  @Delete(':user_id')
  @Requires('session', MANAGE_USERS)
  @Operation({
    summary: 'Delete an account that its user has not accepted',
    description:
      'For accounts that your organization created. After its user accepted an account, remove them from the organization instead.',
    status: 204,
    errors: [...MANAGED_USER_ERRORS, errors.account_accepted, organizationErrors.last_owner],
  })
  deleteXcUser(
    @CurrentActor() actor: OrganizationActor,
    @PathId('user_id', organizationErrors.user_not_found) userId: string,
  ): Promise<void> {
    return this.unacceptedAccounts.delete(actor, userId);
  }

  @Post(':user_id/resend-welcome')
  @Requires('session', MANAGE_USERS)
  @Operation({
    summary: 'Resend the welcome e-mail of an account that its user has not accepted',
    description: 'The new link is valid for 24 hours; the earlier one is invalidated.',
    response: MessageResponse,
    errors: [...MANAGED_USER_ERRORS, errors.account_accepted, ...MAIL_ERRORS],
  })
  async resendXcUserWelcome(
    @CurrentActor() actor: OrganizationActor,
    @PathId('user_id', organizationErrors.user_not_found) userId: string,
  ): Promise<MessageResponse> {
    await this.unacceptedAccounts.resendWelcome(actor, userId);
    return MessageResponse.from('A new welcome e-mail was sent.');
  }

  @Post(':user_id/reset-2fa')
  @Requires('session', MANAGE_USERS)
  @Operation({
    summary: "Reset a user's second factor",
    description: 'Notifies the user by e-mail and ends all their sessions.',
    response: MessageResponse,
    errors: [...MANAGED_USER_ERRORS, errors.two_factor_not_enabled],
  })
  async resetXcUserTwoFactor(
    @CurrentActor() actor: Administrator,
    @PathId('user_id', organizationErrors.user_not_found) userId: string,
  ): Promise<MessageResponse> {
    await this.administration.resetTwoFactor(actor, userId);
    return MessageResponse.from('The second factor of this account was reset.');
  }
}
