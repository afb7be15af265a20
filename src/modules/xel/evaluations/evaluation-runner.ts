import { Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  EvaluationCaller,
  EvaluationInput,
  EvaluationResult,
} from '@/modules/xel/evaluation/evaluation.js';
import { TextEvaluator } from '@/modules/xel/evaluation/text-evaluator.js';
import { JobQueue, type JobRun } from '@/platform/jobs/index.js';
import { Log } from '@/platform/logging/index.js';
import { compareEvaluations } from './comparison.rules.js';
import { EvaluationFinisher } from './evaluation-finisher.js';
import { EVALUATION_JOB, type EvaluationJob } from './evaluation-queue.js';
import type { Evaluation, StoredResult } from './persistence/evaluation.entity.js';
import { EvaluationRepository } from './persistence/evaluation.repository.js';

/** Attempts that ask a model. Later ones judge by rules alone, so that every evaluation ends. */
const MODEL_ATTEMPTS = 3;

/** Runs evaluations as jobs. After a crash another process runs them again; a result is stored once. */
@Injectable()
export class EvaluationRunner implements OnModuleInit {
  constructor(
    private readonly evaluations: EvaluationRepository,
    private readonly evaluator: TextEvaluator,
    private readonly finisher: EvaluationFinisher,
    private readonly jobs: JobQueue,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHourly(() => this.finisher.failAbandoned());
    this.jobs.registerHandler(
      EVALUATION_JOB,
      (payload, run) => this.run(payload as EvaluationJob, run),
      'evaluation',
    );
  }

  private async run({ id, keyId }: EvaluationJob, { attempt, attempts, signal }: JobRun): Promise<void> {
    const evaluation = await this.evaluations.claim(id);
    if (!evaluation) return;
    const { owner_id: userId, organization_id: organizationId } = evaluation;
    const owner = { userId, organizationId, keyId, hasSecondFactor: false };
    const caller = { owner, signal, allowsModel: attempt <= MODEL_ATTEMPTS };
    try {
      await this.finisher.finish(evaluation, await this.evaluate(evaluation, caller));
    } catch (error) {
      if (attempt < attempts) throw error;
      this.log.error('xel.evaluation_failed', error, { evaluationId: id });
      await this.finisher.fail(id);
    }
  }

  private async evaluate(evaluation: Evaluation, caller: EvaluationCaller): Promise<StoredResult> {
    const result = await this.evaluator.evaluate(caller, toInput(evaluation));
    const comparison = await this.compare(evaluation, result);
    return comparison ? { ...result, comparison } : result;
  }

  private async compare(
    { owner_id, previous_evaluation_id }: Evaluation,
    result: EvaluationResult,
  ): Promise<StoredResult['comparison']> {
    if (previous_evaluation_id === null || result.status !== 'done') return undefined;
    const earlier = await this.evaluations.findResult(owner_id, previous_evaluation_id);
    return earlier?.status === 'done' ? compareEvaluations(earlier, result) : undefined;
  }
}

function toInput(row: Evaluation): EvaluationInput {
  return {
    skill: row.skill,
    text: row.text,
    prompt: row.prompt,
    minWords: row.min_words,
    words: row.words,
    feedbackLanguage: row.feedback_language,
  };
}
