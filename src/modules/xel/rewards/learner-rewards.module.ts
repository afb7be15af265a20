import { Module } from '@nestjs/common';
import { ProgressModule } from '@/modules/progress/index.js';
import { LearnerRewards } from './learner-rewards.js';

/** What completed tasks and modules pay. */
@Module({ imports: [ProgressModule], providers: [LearnerRewards], exports: [LearnerRewards] })
export class LearnerRewardsModule {}
