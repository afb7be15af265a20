import { Module, type OnModuleInit } from '@nestjs/common';
import { LiveModule, PracticeModuleRegistry } from '@/modules/live/index.js';
import { CourseCatalog } from './course/course-catalog.js';
import { CourseModule } from './course/course.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { XelDataExportModule } from './data-export/xel-data-export.module.js';
import { EvaluationProgressModule } from './evaluation-progress/evaluation-progress.module.js';
import { EvaluationReviewsModule } from './evaluation-reviews/evaluation-reviews.module.js';
import { EvaluationsModule } from './evaluations/evaluations.module.js';
import { EnglishModulesModule } from './modules/modules.module.js';
import { PlacementModule } from './placement/placement.module.js';
import { ReviewCollectionModule } from './review-collection/review-collection.module.js';
import { ReviewsModule } from './reviews/reviews.module.js';
import { SubmissionsModule } from './submissions/submissions.module.js';
import { TaskEvaluationModule } from './task-evaluation/task-evaluation.module.js';

/** Xentree English: a course with modules and tasks, evaluations, reviews of errors, and a placement test. */
@Module({
  imports: [
    CourseModule,
    LiveModule,
    EnglishModulesModule,
    EvaluationProgressModule,
    EvaluationReviewsModule,
    EvaluationsModule,
    SubmissionsModule,
    TaskEvaluationModule,
    PlacementModule,
    ReviewsModule,
    ReviewCollectionModule,
    DashboardModule,
    XelDataExportModule,
  ],
  exports: [CourseModule],
})
export class XelModule implements OnModuleInit {
  constructor(
    private readonly practiceModules: PracticeModuleRegistry,
    private readonly catalog: CourseCatalog,
  ) {}

  /** Live sessions can practise the modules of the course. */
  onModuleInit(): void {
    this.practiceModules.register((id) => this.catalog.findModule(id));
  }
}
