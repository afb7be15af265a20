import { Module } from '@nestjs/common';
import { ProgressModule } from '@/modules/progress/index.js';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SubmissionsModule } from '../submissions/submissions.module.js';
import { TaskEvaluationModule } from '../task-evaluation/task-evaluation.module.js';
import { ItemErrorRepository } from './persistence/item-error.repository.js';
import { ReviewCollector } from './review-collector.js';
import { ReviewItems } from './review-items.js';

/**
 * Makes items of errors. It comes after TaskEvaluationModule, whose handler locks the progress in a module: every transaction
 * locks it before the learner.
 */
@Module({
  imports: [EvaluationsModule, ProgressModule, ReviewsModule, SubmissionsModule, TaskEvaluationModule],
  providers: [ItemErrorRepository, ReviewCollector, ReviewItems],
})
export class ReviewCollectionModule {}
