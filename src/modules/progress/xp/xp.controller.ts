import { Controller, Get } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { ActivityService } from './activity.service.js';
import {
  DailyQuestsResponse,
  LearningPulseResponse,
  WeeklyActivityResponse,
} from './dto/activity.responses.js';
import { VisibilityResponse } from './dto/visibility.response.js';
import { XpProfileResponse } from './dto/xp-profile.response.js';
import { XpService } from './xp.service.js';

@ApiTags('Profile and Analytics')
@Controller('api/xp')
export class XpController {
  constructor(
    private readonly xp: XpService,
    private readonly activity: ActivityService,
  ) {}

  @Get('profile')
  @Requires('xel:read')
  @Operation({ summary: 'Get your XP profile', response: XpProfileResponse })
  getXpProfile(@CurrentActor() { userId }: Actor): Promise<XpProfileResponse> {
    return this.xp.readProfile(userId);
  }

  @Get('weekly-activity')
  @Requires('xel:read')
  @Operation({
    summary: 'Get your XP of this week, from Sunday to Saturday',
    response: WeeklyActivityResponse,
  })
  getWeeklyActivity(@CurrentActor() { userId }: Actor): Promise<WeeklyActivityResponse> {
    return this.activity.readWeek(userId);
  }

  @Get('learning-pulse')
  @Requires('xel:read')
  @Operation({ summary: 'Get your XP of each of the past 365 days', response: LearningPulseResponse })
  getLearningPulse(@CurrentActor() { userId }: Actor): Promise<LearningPulseResponse> {
    return this.activity.readPulse(userId);
  }

  @Get('daily-quests')
  @Requires('xel:read')
  @Operation({
    summary: 'Get your quests of today',
    description: 'The quests of a learner-day do not change.',
    response: DailyQuestsResponse,
  })
  getDailyQuests(@CurrentActor() { userId }: Actor): Promise<DailyQuestsResponse> {
    return this.activity.readQuests(userId);
  }

  @Get('visibility')
  @Requires('xel:read')
  @Operation({ summary: 'See what your organizations see of your progress', response: VisibilityResponse })
  getProgressVisibility(@CurrentActor() actor: Actor): Promise<VisibilityResponse> {
    return this.xp.readVisibility(actor);
  }
}
