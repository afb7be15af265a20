import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { SettlementService } from '../streaks/settlement.service.js';

/** The learner-days of learners, in the form `2026-11-27`. The learner-day of a learner never goes backwards. */
@Injectable()
export class LearnerDaysService {
  constructor(
    private readonly settlement: SettlementService,
    private readonly clock: Clock,
  ) {}

  /** Returns the present learner-day. */
  async readToday(userId: string): Promise<string> {
    return (await this.settlement.refresh(userId)).today;
  }

  /** Like `readToday`. Locks the learner until the transaction of the caller ends, so that the day does not change before. */
  async lockToday(userId: string): Promise<string> {
    return (await this.settlement.settle(userId, this.clock.now())).today;
  }
}
