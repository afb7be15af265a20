import { Controller, Get } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { AnalyticsService } from './analytics.service.js';
import { AnalyticsQuery, AnalyticsResponse } from './dto/analytics.dto.js';

@ApiTags('Profile and Analytics')
@Controller('api/xp/analytics')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Get()
  @Requires('conversations:read')
  @Operation({
    summary: 'Get your learning time',
    description:
      'A session that was left open ends 30 minutes after its last activity, dated at that activity.',
    response: AnalyticsResponse,
  })
  getLearningAnalytics(
    @CurrentActor() { userId }: Actor,
    @Query() query: AnalyticsQuery,
  ): Promise<AnalyticsResponse> {
    return this.analytics.read(userId, query);
  }
}
