import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { EvaluationsModule } from '@/modules/xel/evaluations/evaluations.module.js';
import { EvaluationReviewsController } from './evaluation-reviews.controller.js';
import { EvaluationReviewsService } from './evaluation-reviews.service.js';
import { ReviewRepository } from './persistence/review.repository.js';

/** Reviews of evaluations by persons of an organization. */
@Module({
  imports: [EvaluationsModule, OrganizationsModule],
  controllers: [EvaluationReviewsController],
  providers: [EvaluationReviewsService, ReviewRepository],
})
export class EvaluationReviewsModule {}
