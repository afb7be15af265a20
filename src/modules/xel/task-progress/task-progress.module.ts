import { Module } from '@nestjs/common';
import { CourseModule } from '../course/course.module.js';
import { OpenTasksModule } from '../open-tasks/open-tasks.module.js';
import { TaskSpeechModule } from '../speech/task-speech.module.js';
import { LearnerProgressService } from './learner-progress.service.js';
import { TaskProgressRepository } from './persistence/task-progress.repository.js';
import { TaskAvailability } from './task-availability.js';

/** The progress of learners in tasks and modules. */
@Module({
  imports: [CourseModule, OpenTasksModule, TaskSpeechModule],
  providers: [TaskProgressRepository, TaskAvailability, LearnerProgressService],
  exports: [TaskProgressRepository, TaskAvailability, LearnerProgressService],
})
export class TaskProgressModule {}
