import { Controller, Get } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { ExplainDayQuery, StreakDayResponse, StreakStatusResponse } from './dto/streak.responses.js';
import { StreaksService } from './streaks.service.js';

@ApiTags('Profile and Analytics')
@Controller('api/xp')
export class StreaksController {
  constructor(private readonly streaks: StreaksService) {}

  @Get('streak-status')
  @Requires('xel:read')
  @Operation({ summary: 'Get your streak', response: StreakStatusResponse })
  getStreakStatus(@CurrentActor() { userId }: Actor): Promise<StreakStatusResponse> {
    return this.streaks.readStatus(userId);
  }

  @Get('streak/explain')
  @Requires('xel:read')
  @Operation({ summary: 'Explain what a day meant for your streak', response: StreakDayResponse })
  explainStreakDay(
    @CurrentActor() { userId }: Actor,
    @Query() { date }: ExplainDayQuery,
  ): Promise<StreakDayResponse> {
    return this.streaks.explain(userId, date);
  }
}
