import { Module } from '@nestjs/common';
import { LiveModule } from '@/modules/live/index.js';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { CourseModule } from '@/modules/xel/course/course.module.js';
import { EvaluationModule } from '@/modules/xel/evaluation/evaluation.module.js';
import { EvaluationEvents } from './evaluation-events.js';
import { EvaluationExport } from './evaluation-export.js';
import { EvaluationFinisher } from './evaluation-finisher.js';
import { EvaluationQueue } from './evaluation-queue.js';
import { EvaluationRunner } from './evaluation-runner.js';
import { EvaluationSubjects } from './evaluation-subjects.js';
import { EvaluationWaiter } from './evaluation-waiter.js';
import { EvaluationsController } from './evaluations.controller.js';
import { EvaluationsService } from './evaluations.service.js';
import { LearnerTextReader } from './learner-text-reader.js';
import { EvaluationRepository } from './persistence/evaluation.repository.js';
import { TranscriptTexts } from './transcript-texts.js';

/** Evaluations of learners' texts, which run as jobs. */
@Module({
  imports: [CourseModule, EvaluationModule, LiveModule, OrganizationsModule, UsersModule],
  controllers: [EvaluationsController],
  providers: [
    EvaluationEvents,
    EvaluationExport,
    EvaluationFinisher,
    EvaluationQueue,
    EvaluationRepository,
    EvaluationRunner,
    EvaluationsService,
    EvaluationSubjects,
    EvaluationWaiter,
    LearnerTextReader,
    TranscriptTexts,
  ],
  exports: [EvaluationEvents, EvaluationRepository, EvaluationsService, TranscriptTexts],
})
export class EvaluationsModule {}
