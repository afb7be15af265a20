import { Injectable } from '@nestjs/common';
import { DeterministicEvaluator } from './deterministic/deterministic-evaluator.js';
import type { EvaluationCaller, EvaluationInput, EvaluationResult } from './evaluation.js';
import { JudgementPanel } from './model/judgement-panel.js';
import { ModelJudge } from './model/model-judge.js';

/** Judges texts: first by rules, whose refusals are final, then with a language model if the server has one. */
@Injectable()
export class TextEvaluator {
  constructor(
    private readonly rules: DeterministicEvaluator,
    private readonly judge: ModelJudge,
    private readonly panel: JudgementPanel,
  ) {}

  async evaluate(caller: EvaluationCaller, input: EvaluationInput): Promise<EvaluationResult> {
    const ruled = await this.rules.evaluate(caller.owner.userId, input);
    if (ruled.status !== 'done' || !this.judge.isAvailable) return ruled;
    return this.panel.evaluate(caller, input, ruled);
  }
}
