import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { ProgressModule } from '@/modules/progress/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { CourseModule } from '../course/course.module.js';
import { LearnerRewardsModule } from '../rewards/learner-rewards.module.js';
import { TaskProgressModule } from '../task-progress/task-progress.module.js';
import { OfferedTasks } from './offered-tasks.js';
import { ReviewItemRepository } from './persistence/review-item.repository.js';
import { ReviewLogRepository } from './persistence/review-log.repository.js';
import { ReviewAnswersService } from './review-answers.service.js';
import { ReviewExport } from './review-export.js';
import { ReviewFinder } from './review-finder.js';
import { ReviewJudge } from './review-judge.js';
import { ReviewRecorder } from './review-recorder.js';
import { ReviewsController } from './reviews.controller.js';
import { ReviewsService } from './reviews.service.js';

/** What learners review, and their answers. */
@Module({
  imports: [
    CourseModule,
    LearnerRewardsModule,
    OrganizationsModule,
    ProgressModule,
    TaskProgressModule,
    UsersModule,
  ],
  controllers: [ReviewsController],
  providers: [
    OfferedTasks,
    ReviewAnswersService,
    ReviewExport,
    ReviewFinder,
    ReviewItemRepository,
    ReviewJudge,
    ReviewLogRepository,
    ReviewRecorder,
    ReviewsService,
  ],
  exports: [ReviewLogRepository, ReviewsService],
})
export class ReviewsModule {}
