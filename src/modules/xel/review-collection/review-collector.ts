import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LearnerDaysService } from '@/modules/progress/index.js';
import { EvaluationEvents } from '@/modules/xel/evaluations/evaluation-events.js';
import type { Evaluation, StoredResult } from '@/modules/xel/evaluations/persistence/evaluation.entity.js';
import { AttemptEvents } from '@/modules/xel/submissions/attempt-events.js';
import type { Attempt } from '@/modules/xel/submissions/persistence/attempt.entity.js';
import { toItemErrors, toTaskSubject } from './correction-items.rules.js';
import { type MadeError, type Learner, ReviewItems } from './review-items.js';

/**
 * Makes items of the errors in evaluated texts and of tasks that were answered wrongly, in the transaction that stores the
 * evaluation or the attempt.
 */
@Injectable()
export class ReviewCollector implements OnModuleInit {
  constructor(
    private readonly evaluations: EvaluationEvents,
    private readonly attempts: AttemptEvents,
    private readonly items: ReviewItems,
    private readonly learnerDays: LearnerDaysService,
  ) {}

  onModuleInit(): void {
    this.evaluations.onFinished((evaluation, result) => this.collectCorrections(evaluation, result));
    this.attempts.onRecorded((attempt) => this.collectTask(attempt));
  }

  private async collectCorrections(evaluation: Evaluation, result: StoredResult): Promise<void> {
    if (result.status !== 'done') return;
    const { id: evaluation_id, owner_id: userId, organization_id: organizationId, text } = evaluation;
    const errors = toItemErrors(text, result.corrections).map(({ subject, ruleId, occurrence }) => ({
      kind: 'correction' as const,
      subject,
      ruleId,
      taskId: null,
      occurrence: { ...occurrence, evaluation_id },
    }));
    await this.collect({ userId, organizationId }, errors);
  }

  /** The errors in an open task are those of its evaluation. */
  private async collectTask({
    user_id: userId,
    task_id: taskId,
    passed,
    evaluation_id,
  }: Attempt): Promise<void> {
    if (passed || evaluation_id !== null) return;
    const error = {
      kind: 'task' as const,
      subject: toTaskSubject(taskId),
      ruleId: null,
      taskId,
      occurrence: null,
    };
    await this.collect({ userId, organizationId: null }, [error]);
  }

  private async collect(learner: Learner, errors: readonly MadeError[]): Promise<void> {
    if (errors.length === 0) return;
    const today = await this.learnerDays.lockToday(learner.userId);
    await this.items.add(learner, errors, today);
  }
}
