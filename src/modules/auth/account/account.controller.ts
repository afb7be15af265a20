import { Controller, Delete, Get, Patch, Post, StreamableFile } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import {
  UpdateProfileRequest,
  userErrors,
  UserProfileResponse,
  UsersService,
} from '@/modules/users/index.js';
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
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { MAIL_ERRORS } from '../auth-error-sets.js';
import { authErrors as errors } from '../auth.errors.js';
import { MessageResponse } from '../message.response.js';
import { SessionResponse } from '../sessions/dto/session.response.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountErasureService } from './account-erasure.service.js';
import { DataExportService } from './data-export.service.js';
import { ChangeEmailRequest, EraseAccountRequest } from './dto/account.requests.js';
import { EmailChangeService } from './email-change.service.js';

@ApiTags('Authentication')
@Controller('api/auth')
export class AccountController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly emailChanges: EmailChangeService,
    private readonly accountErasure: AccountErasureService,
    private readonly dataExport: DataExportService,
  ) {}

  @Get('me')
  @Requires('session')
  @Operation({ summary: 'Get the current authenticated user', response: UserProfileResponse })
  getMe(@CurrentActor() actor: SessionActor): Promise<UserProfileResponse> {
    return this.users.readProfile(actor.userId);
  }

  @Patch('me')
  @Requires('session')
  @Operation({
    summary: 'Update the current authenticated user',
    response: UserProfileResponse,
    errors: [
      platformErrors.field_read_only,
      userErrors.username_taken,
      organizationErrors.organization_not_found,
    ],
  })
  updateMe(
    @CurrentActor() actor: SessionActor,
    @Body() request: UpdateProfileRequest,
  ): Promise<UserProfileResponse> {
    return this.users.updateProfile(actor.userId, request);
  }

  @Delete('me')
  @Requires('session')
  @Operation({
    summary: 'Erase your account',
    status: 204,
    errors: [
      errors.password_incorrect,
      errors.two_factor_code_invalid,
      organizationErrors.last_owner,
      platformErrors.too_many_attempts,
    ],
  })
  eraseMe(
    @CurrentActor() actor: SessionActor,
    @CurrentClient() client: ClientInfo,
    @Body() request: EraseAccountRequest,
  ): Promise<void> {
    return this.accountErasure.erase(actor, client, request);
  }

  @Get('me/export')
  @Requires('session')
  @Operation({
    summary: 'Export your data as a ZIP archive',
    response: { file: 'application/zip' },
  })
  async exportMe(@CurrentActor() actor: SessionActor): Promise<StreamableFile> {
    const disposition = 'attachment; filename="xentree-export.zip"';
    return new StreamableFile(await this.dataExport.createArchive(actor), {
      type: 'application/zip',
      disposition,
    });
  }

  @Post('email')
  @Requires('session')
  @Operation({
    summary: 'Request a change of e-mail address',
    description:
      'Notifies the old address. The change takes effect when the link sent to the new address is used.',
    response: MessageResponse,
    errors: [errors.password_incorrect, ...MAIL_ERRORS],
  })
  async changeEmail(
    @CurrentActor() actor: SessionActor,
    @CurrentClient() client: ClientInfo,
    @Body() request: ChangeEmailRequest,
  ): Promise<MessageResponse> {
    await this.emailChanges.requestChange(actor, client, request);
    return MessageResponse.from('Open the link that we sent to the new address.');
  }

  @Get('sessions')
  @Requires('session')
  @Operation({ summary: 'List your sessions', response: [SessionResponse] })
  listSessions(@CurrentActor() actor: SessionActor, @Query() query: PageQuery): Promise<SessionResponse[]> {
    return this.sessions.list(actor, query);
  }

  @Delete('sessions/:session_id')
  @Requires('session')
  @Operation({ summary: 'End one of your sessions', status: 204, errors: [errors.session_not_found] })
  endSession(
    @CurrentActor() actor: SessionActor,
    @PathId('session_id', errors.session_not_found) sessionId: string,
  ): Promise<void> {
    return this.sessions.endOwn(actor, sessionId);
  }
}
