import { Injectable } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { EvaluationWaiter } from './evaluation-waiter.js';
import type { Evaluation } from './persistence/evaluation.entity.js';
import { EvaluationRepository, type NewEvaluation } from './persistence/evaluation.repository.js';

export const EVALUATION_JOB = 'xel.evaluate';
const ATTEMPTS = 5;

export interface EvaluationJob {
  id: string;
  /** The API key that pays for models; null for a session. */
  keyId: string | null;
}

/** The time that a request waits for its result. */
const WAIT_MS = 10_000;

/** Queues evaluations. Those of one learner run one after the other. */
@Injectable()
export class EvaluationQueue {
  constructor(
    private readonly evaluations: EvaluationRepository,
    private readonly jobs: JobQueue,
    private readonly waiter: EvaluationWaiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Stores and queues an evaluation, and waits for its end, at most ten seconds. With an idempotency key it does not wait: the
   * evaluation is committed together with the response, so that a repeated request never makes a second one. `keyId` is the API key
   * that pays for models.
   */
  async run(evaluation: NewEvaluation, keyId: string | null): Promise<void> {
    const { ended, cancel } = this.waiter.waitForEnd(evaluation.id, WAIT_MS);
    try {
      await this.unitOfWork.run(() => this.enqueue(evaluation, keyId));
      if (this.unitOfWork.inTransaction) cancel();
    } catch (error) {
      cancel();
      throw error;
    }
    await ended;
  }

  private async enqueue(evaluation: NewEvaluation, keyId: string | null): Promise<Evaluation> {
    const row = await this.evaluations.insert(evaluation);
    const { id, owner_id: serialKey } = row;
    const payload: EvaluationJob = { id, keyId };
    await this.jobs.enqueue(EVALUATION_JOB, payload, { attempts: ATTEMPTS, serialKey });
    return row;
  }
}
