import { Module } from '@nestjs/common';
import { StreakDayRepository } from './persistence/streak-day.repository.js';
import { SettlementModule } from './settlement.module.js';
import { StreaksController } from './streaks.controller.js';
import { StreaksService } from './streaks.service.js';

/** The streak of a learner. */
@Module({
  imports: [SettlementModule],
  controllers: [StreaksController],
  providers: [StreakDayRepository, StreaksService],
})
export class StreaksModule {}
