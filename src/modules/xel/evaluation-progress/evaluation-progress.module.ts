import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { LearnerRewardsModule } from '../rewards/learner-rewards.module.js';
import { TaskEvaluationModule } from '../task-evaluation/task-evaluation.module.js';
import { EvaluationProgress } from './evaluation-progress.js';

/**
 * Evaluations as learning events. It comes after TaskEvaluationModule, whose handler locks the progress in a module: every
 * transaction locks it before the learner.
 */
@Module({
  imports: [EvaluationsModule, LearnerRewardsModule, TaskEvaluationModule],
  providers: [EvaluationProgress],
})
export class EvaluationProgressModule {}
