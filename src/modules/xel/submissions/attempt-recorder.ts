import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { CourseTask } from '../course/course.js';
import {
  type AttemptOutcome,
  TaskProgressRepository,
} from '../task-progress/persistence/task-progress.repository.js';
import { AttemptEvents } from './attempt-events.js';
import { AttemptRewards } from './attempt-rewards.js';
import type { Attempt } from './persistence/attempt.entity.js';
import { AttemptRepository } from './persistence/attempt.repository.js';

/** A response with its score. */
export interface AttemptInput {
  userId: string;
  organizationId: OrganizationId | null;
  task: CourseTask;
  response: string | string[] | null;
  evaluationId: string | null;
  score: number;
  passed: boolean;
  timeSpentSeconds: number | null;
}

export interface RecordedAttempt {
  attempt: Attempt;
  outcome: AttemptOutcome;
}

/**
 * Records attempts. The progress, the attempt and what it pays are one transaction. Parallel attempts of a user in a module
 * follow each other, because each one locks the progress in the module first; so each deed counts once.
 */
@Injectable()
export class AttemptRecorder {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly tasks: TaskProgressRepository,
    private readonly rewards: AttemptRewards,
    private readonly events: AttemptEvents,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Records the attempt; for an evaluation that was credited before, only the first call does. */
  record(input: AttemptInput): Promise<RecordedAttempt | null> {
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const key = { userId: input.userId, moduleId: input.task.moduleId, taskId: input.task.id };
      await this.tasks.lockModule(key, now);
      const { userId, evaluationId } = input;
      if (evaluationId && (await this.attempts.findOfEvaluation(userId, evaluationId))) return null;
      const id = newId();
      const outcome = await this.tasks.countAttempt(key, { id, ...input }, now);
      const xp = outcome.completed_now ? await this.rewards.pay(input, outcome, now) : 0;
      const attempt = toAttempt(id, input, outcome, { xp, now });
      await this.attempts.insert(attempt);
      await this.events.publishRecorded(attempt);
      return { attempt, outcome };
    });
  }
}

function toAttempt(
  id: string,
  input: AttemptInput,
  { scored, assisted }: AttemptOutcome,
  { xp, now }: { xp: number; now: Date },
): Attempt {
  const { task } = input;
  return {
    id,
    user_id: input.userId,
    organization_id: input.organizationId,
    module_id: task.moduleId,
    task_id: task.id,
    task_version: task.version,
    response: input.response,
    evaluation_id: input.evaluationId,
    score: input.score,
    passed: input.passed,
    scored,
    assisted,
    xp_awarded: xp,
    time_spent_seconds: input.timeSpentSeconds,
    created_at: now,
  };
}
