import { Module } from '@nestjs/common';
import { SettlementModule } from '../streaks/settlement.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsService } from './analytics.service.js';
import { AnalyticsRepository } from './persistence/analytics.repository.js';

/** Learning time. */
@Module({
  imports: [SettlementModule],
  controllers: [AnalyticsController],
  providers: [AnalyticsRepository, AnalyticsService],
})
export class AnalyticsModule {}
