import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EvaluationEvents } from '@/modules/xel/evaluations/evaluation-events.js';
import { LearnerRewards } from '@/modules/xel/rewards/learner-rewards.js';

/** Records finished evaluations as learning events, which organizations of the learner can receive. They pay nothing. */
@Injectable()
export class EvaluationProgress implements OnModuleInit {
  constructor(
    private readonly events: EvaluationEvents,
    private readonly rewards: LearnerRewards,
  ) {}

  onModuleInit(): void {
    this.events.onFinished(async (evaluation, result) => {
      const { id, owner_id: userId, organization_id: organizationId, skill, created_at } = evaluation;
      const done = result.status === 'done' ? result : undefined;
      await this.rewards.finishEvaluation({
        userId,
        organizationId,
        evaluationId: id,
        submittedAt: created_at,
        outcome: {
          skill,
          status: result.status,
          overall_score: done?.overallScore ?? null,
          cefr: done?.cefr ?? null,
        },
      });
    });
  }
}
