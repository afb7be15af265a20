import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { COUNTER_RETENTION, USAGE_RETENTION } from './persistence/usage-retention.js';
import { UsageRepository } from './persistence/usage.repository.js';
import { TokenBudgets } from './token-budgets.js';
import { UsageRecorder } from './usage-recorder.js';
import { UsageController } from './usage.controller.js';
import { UsageService } from './usage.service.js';

/** Token limits, reservations and recorded usage. */
@Module({
  imports: [OrganizationsModule],
  controllers: [UsageController],
  providers: [UsageRepository, ReservationRepository, TokenBudgets, UsageRecorder, UsageService],
  exports: [TokenBudgets, UsageRecorder],
})
export class UsageModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerRetention(USAGE_RETENTION);
    this.sweeper.registerRetention(COUNTER_RETENTION);
  }
}
