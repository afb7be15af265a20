import { Controller, Get, Put } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { progressErrors as errors } from '../progress.errors.js';
import { RemindersResponse, UpdateRemindersRequest } from './dto/reminders.dto.js';
import { RemindersService } from './reminders.service.js';

@ApiTags('Profile and Analytics')
@Controller('api/xp/reminders')
export class RemindersController {
  constructor(private readonly reminders: RemindersService) {}

  @Get()
  @Requires('xel:read')
  @Operation({ summary: 'Get your reminders', response: RemindersResponse })
  getReminders(@CurrentActor() { userId }: Actor): Promise<RemindersResponse> {
    return this.reminders.read(userId);
  }

  @Put()
  @Requires('xel:write')
  @Operation({
    summary: 'Switch your reminders on or off',
    description:
      'On a day on which you have not learned by then, one mail reminds you. It has a link that switches reminders off.',
    response: RemindersResponse,
    errors: [errors.email_not_verified, platformErrors.mail_not_configured],
  })
  updateReminders(
    @CurrentActor() { userId }: Actor,
    @Body() request: UpdateRemindersRequest,
  ): Promise<RemindersResponse> {
    return this.reminders.update(userId, request);
  }
}
