import { Module } from '@nestjs/common';
import { CourseModule } from '../course/course.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SubmissionsModule } from '../submissions/submissions.module.js';
import { TaskProgressModule } from '../task-progress/task-progress.module.js';
import { DashboardController } from './dashboard.controller.js';
import { DashboardService } from './dashboard.service.js';

/** The overview of the English course. */
@Module({
  imports: [CourseModule, PlacementModule, ReviewsModule, SubmissionsModule, TaskProgressModule],
  controllers: [DashboardController],
  providers: [DashboardService],
})
export class DashboardModule {}
