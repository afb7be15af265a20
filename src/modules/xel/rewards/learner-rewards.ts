import { Injectable } from '@nestjs/common';
import { type LearningEventData, LearningEventsService } from '@/modules/progress/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

export interface CompletedTask {
  userId: string;
  organizationId: OrganizationId | null;
  taskId: string;
  /** The number of the scored attempt that was right first; null when the solution had been shown before. */
  firstRightTry: number | null;
  /** From 1 to 5. */
  difficulty: number;
  assisted: boolean;
  seconds: number | null;
}

export interface CompletedModule {
  userId: string;
  organizationId: OrganizationId | null;
  moduleId: string;
}

export interface FinishedEvaluation {
  userId: string;
  organizationId: OrganizationId | null;
  evaluationId: string;
  submittedAt: Date;
  /** Numbers and states. */
  outcome: LearningEventData;
}

export interface ReviewedItem {
  userId: string;
  organizationId: OrganizationId | null;
  itemId: string;
  /** Of the log. */
  reviewId: string;
}

/**
 * Records what a learner has completed as learning events, in the transaction of the caller. A task and a module are recorded
 * once: their id is the source of the event.
 */
@Injectable()
export class LearnerRewards {
  constructor(private readonly events: LearningEventsService) {}

  /** Returns the XP of the learner for it. */
  async completeTask(task: CompletedTask): Promise<number> {
    const { userId, organizationId, taskId, firstRightTry, difficulty, assisted, seconds } = task;
    const { xpAwarded } = await this.events.record({
      userId,
      organizationId,
      type: 'task.completed',
      sourceId: taskId,
      seconds: seconds ?? undefined,
      data: { first_right_try: firstRightTry, difficulty, assisted },
    });
    return xpAwarded;
  }

  async completeModule({ userId, organizationId, moduleId }: CompletedModule): Promise<number> {
    const event = { userId, organizationId, type: 'module.completed', sourceId: moduleId } as const;
    return (await this.events.record(event)).xpAwarded;
  }

  /** An evaluation belongs to the learner-day on which the text was sent, and pays nothing. */
  async finishEvaluation(evaluation: FinishedEvaluation): Promise<void> {
    const {
      userId,
      organizationId,
      evaluationId: sourceId,
      submittedAt: occurredAt,
      outcome: data,
    } = evaluation;
    const type = 'evaluation.finished';
    await this.events.record({ userId, organizationId, type, sourceId, occurredAt, data });
  }

  /** Returns the XP of the learner for a review. */
  async reviewItem({ userId, organizationId, itemId, reviewId }: ReviewedItem): Promise<number> {
    const event = {
      userId,
      organizationId,
      type: 'review.done',
      sourceId: reviewId,
      subjectId: itemId,
    } as const;
    return (await this.events.record(event)).xpAwarded;
  }
}
