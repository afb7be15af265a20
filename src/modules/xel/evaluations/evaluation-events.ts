import { Injectable } from '@nestjs/common';
import type { Evaluation, StoredResult } from './persistence/evaluation.entity.js';

type FinishedHandler = (evaluation: Evaluation, result: StoredResult) => Promise<void>;

/** Publishes the end of evaluations. Handlers run in the transaction that stores the result. */
@Injectable()
export class EvaluationEvents {
  private readonly handlers: FinishedHandler[] = [];

  onFinished(handler: FinishedHandler): void {
    this.handlers.push(handler);
  }

  async publishFinished(evaluation: Evaluation, result: StoredResult): Promise<void> {
    for (const handler of this.handlers) await handler(evaluation, result);
  }
}
