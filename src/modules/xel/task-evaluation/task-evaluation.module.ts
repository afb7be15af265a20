import { Module } from '@nestjs/common';
import { EvaluationsModule } from '@/modules/xel/evaluations/evaluations.module.js';
import { OpenTasksModule } from '@/modules/xel/open-tasks/open-tasks.module.js';
import { SubmissionsModule } from '@/modules/xel/submissions/submissions.module.js';
import { TaskEvaluator } from './task-evaluator.js';

/** Evaluates responses to writing and speaking tasks of the course. */
@Module({
  imports: [EvaluationsModule, OpenTasksModule, SubmissionsModule],
  providers: [TaskEvaluator],
})
export class TaskEvaluationModule {}
