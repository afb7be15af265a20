import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { CourseTask } from '../course/course.js';
import { LearnerRewards } from '../rewards/learner-rewards.js';
import { LearnerProgressService } from '../task-progress/learner-progress.service.js';
import {
  type AttemptOutcome,
  TaskProgressRepository,
} from '../task-progress/persistence/task-progress.repository.js';

/** An attempt that has completed its task. */
export interface CompletingAttempt {
  userId: string;
  organizationId: OrganizationId | null;
  task: CourseTask;
  timeSpentSeconds: number | null;
}

/** Pays attempts, in the transaction that records them. */
@Injectable()
export class AttemptRewards {
  constructor(
    private readonly tasks: TaskProgressRepository,
    private readonly progress: LearnerProgressService,
    private readonly rewards: LearnerRewards,
  ) {}

  /** Returns the XP of a task that is completed now, and of its module if that is complete with it. */
  async pay(attempt: CompletingAttempt, outcome: AttemptOutcome, now: Date): Promise<number> {
    const { userId, organizationId, task, timeSpentSeconds: seconds } = attempt;
    const taskXp = await this.rewards.completeTask({
      userId,
      organizationId,
      taskId: task.id,
      firstRightTry: outcome.first_right_try,
      difficulty: task.difficulty,
      assisted: outcome.assisted,
      seconds,
    });
    const { moduleId } = task;
    const needed = this.progress.listNeededTaskIds(moduleId);
    if (!(await this.tasks.completeModule({ userId, moduleId }, needed, now))) return taskXp;
    return taskXp + (await this.rewards.completeModule({ userId, organizationId, moduleId }));
  }
}
