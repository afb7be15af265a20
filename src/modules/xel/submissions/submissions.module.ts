import { Module } from '@nestjs/common';
import { CourseModule } from '../course/course.module.js';
import { OpenTasksModule } from '../open-tasks/open-tasks.module.js';
import { LearnerRewardsModule } from '../rewards/learner-rewards.module.js';
import { TaskSpeechModule } from '../speech/task-speech.module.js';
import { TaskProgressModule } from '../task-progress/task-progress.module.js';
import { AttemptEvents } from './attempt-events.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { AttemptRewards } from './attempt-rewards.js';
import { OpenSubmissionsService } from './open-submissions.service.js';
import { AttemptRepository } from './persistence/attempt.repository.js';
import { SubmissionPresenter } from './submission-presenter.js';
import { SubmissionsController } from './submissions.controller.js';
import { SubmissionsService } from './submissions.service.js';
import { TaskAudioService } from './task-audio.service.js';

/** Responses of learners to tasks, and their scores. */
@Module({
  imports: [CourseModule, LearnerRewardsModule, OpenTasksModule, TaskProgressModule, TaskSpeechModule],
  controllers: [SubmissionsController],
  providers: [
    AttemptEvents,
    AttemptRepository,
    AttemptRecorder,
    AttemptRewards,
    SubmissionPresenter,
    OpenSubmissionsService,
    SubmissionsService,
    TaskAudioService,
  ],
  exports: [AttemptEvents, AttemptRepository, OpenSubmissionsService],
})
export class SubmissionsModule {}
