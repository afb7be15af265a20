import { Injectable } from '@nestjs/common';
import type { CourseTask } from '../course/course.js';
import { OpenTaskEvaluators } from '../open-tasks/open-task-evaluators.js';
import { TaskSpeech } from '../speech/task-speech.js';

/** Decides which tasks this server can offer. */
@Injectable()
export class TaskAvailability {
  constructor(
    private readonly speech: TaskSpeech,
    private readonly evaluators: OpenTaskEvaluators,
  ) {}

  /** A dictation needs speech. Listening does not: a learner can ask for the text. */
  isAvailable({ content }: Pick<CourseTask, 'content'>): boolean {
    switch (content.type) {
      case 'dictation':
        return this.speech.isAvailable;
      case 'writing':
      case 'speaking':
        return this.evaluators.find() !== undefined;
      case 'multiple_choice':
      case 'gap_fill':
      case 'ordering':
      case 'short_answer':
      case 'reading':
      case 'listening':
        return true;
    }
  }
}
