import { Controller, Get } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { DashboardService } from './dashboard.service.js';
import { XelDashboardResponse } from './dto/dashboard.response.js';

/** The overview of the English course. */
@ApiTags('Xentree English')
@Controller('api/xel/dashboard')
export class DashboardController {
  constructor(private readonly dashboard: DashboardService) {}

  @Get()
  @Requires('xel:read')
  @Operation({ summary: 'Get the overview of your progress in English', response: XelDashboardResponse })
  getEnglishDashboard(@CurrentActor() actor: Actor): Promise<XelDashboardResponse> {
    return this.dashboard.get(actor);
  }
}
