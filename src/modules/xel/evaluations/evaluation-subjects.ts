import { Injectable } from '@nestjs/common';
import { UsersService } from '@/modules/users/index.js';
import { Course } from '@/modules/xel/course/course.js';
import { xelErrors } from '@/modules/xel/xel.errors.js';
import { invalidField } from '@/platform/errors/index.js';
import type { XelEvaluationRequest } from './dto/evaluate.request.js';

/** What a learner was asked to do. */
export interface ChosenSubject {
  prompt: string | null;
  taskId: string | null;
  minWords: number | null;
}

/** Finds what a learner was asked to do, and in which language they read. */
@Injectable()
export class EvaluationSubjects {
  constructor(
    private readonly course: Course,
    private readonly users: UsersService,
  ) {}

  /** Throws `xel_task_not_found`, and 400 for a task of another skill. */
  find({ task_id, prompt, skill }: XelEvaluationRequest): ChosenSubject {
    if (task_id === undefined) return { prompt: prompt ?? null, taskId: null, minWords: null };
    if (prompt !== undefined) throw invalidField('prompt', 'exclusive', 'must be absent with task_id');
    const task = this.course.findTask(task_id);
    if (!task) throw xelErrors.xel_task_not_found();
    const { content } = task;
    if (content.type !== skill) throw invalidField('task_id', 'skill', `must be a ${skill} task`);
    return {
      prompt: content.prompt,
      taskId: task.id,
      minWords: content.type === 'writing' ? content.min_words : null,
    };
  }

  /** Returns the language of the profile, else English. */
  async readFeedbackLanguage(userId: string): Promise<string> {
    return (await this.users.readProfile(userId)).language ?? 'en';
  }
}
