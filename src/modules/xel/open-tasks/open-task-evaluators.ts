import { Injectable } from '@nestjs/common';
import type { OpenTaskEvaluator } from './open-task-evaluator.js';

/** Holds the implementation of {@link OpenTaskEvaluator}, if there is one. */
@Injectable()
export class OpenTaskEvaluators {
  private evaluator: OpenTaskEvaluator | undefined;

  /** To be called once, while the application starts. */
  register(evaluator: OpenTaskEvaluator): void {
    this.evaluator = evaluator;
  }

  find(): OpenTaskEvaluator | undefined {
    return this.evaluator;
  }
}
