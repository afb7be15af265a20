import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { EvaluationEvents } from './evaluation-events.js';
import { EvaluationWaiter } from './evaluation-waiter.js';
import type { Evaluation, StoredResult } from './persistence/evaluation.entity.js';
import { EvaluationRepository } from './persistence/evaluation.repository.js';

/** Seconds after which all attempts are over. */
const ABANDONED_AFTER = DAY;

/** Ends evaluations. Of several runs of one evaluation, the first ends it. */
@Injectable()
export class EvaluationFinisher {
  constructor(
    private readonly evaluations: EvaluationRepository,
    private readonly events: EvaluationEvents,
    private readonly waiter: EvaluationWaiter,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Stores the result together with what follows from it. */
  async finish(evaluation: Evaluation, result: StoredResult): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.evaluations.finish(evaluation.id, result, this.clock.now()))) return;
      await this.events.publishFinished(evaluation, result);
      await this.waiter.publishEnd(evaluation.id);
    });
  }

  /** Ends evaluations that no job runs any more: the process died in every attempt. */
  async failAbandoned(): Promise<void> {
    await this.evaluations.failAbandoned(this.clock.now(), this.clock.after(-ABANDONED_AFTER));
  }

  async fail(id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (await this.evaluations.fail(id, this.clock.now())) await this.waiter.publishEnd(id);
    });
  }
}
