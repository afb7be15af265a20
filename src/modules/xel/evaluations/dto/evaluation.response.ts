import {
  type Correction,
  CEFR_LEVELS,
  type CriterionResult,
  EVALUATION_FLAGS,
  type EvaluatorInfo,
  REFUSAL_REASONS,
  SKILLS,
} from '@/modules/xel/evaluation/evaluation.js';
import { explainFallback } from '@/modules/xel/evaluation/feedback/fallback-notes.js';
import { toFeedbackLanguage } from '@/modules/xel/evaluation/feedback/languages.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import {
  EVALUATION_STATUSES,
  type ErrorComparison,
  type Evaluation,
} from '../persistence/evaluation.entity.js';
import type { EvaluationRow, EvaluationSummaryRow } from '../persistence/evaluation.repository.js';
import {
  ComparisonResponse,
  CorrectionResponse,
  CriterionResponse,
  EvaluatorResponse,
} from './evaluation-parts.response.js';
import { ReviewResponse } from './review.response.js';

@ApiSchema({ name: 'XELEvaluationSummary' })
export class EvaluationSummaryResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'done', { enum: EVALUATION_STATUSES })
  status!: string;

  @ResponseField('string', 'writing', { enum: SKILLS })
  skill!: string;

  @ResponseField('string', null, { nullable: true })
  task_id!: string | null;

  @ResponseField('integer', 56, {
    nullable: true,
    description: 'From 0 to 100. What a person decided replaces it.',
  })
  overall_score!: number | null;

  @ResponseField('string', 'B1', { nullable: true, enum: CEFR_LEVELS })
  cefr!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField({ nullable: true })
  finished_at!: string | null;

  static summarize(row: EvaluationSummaryRow): EvaluationSummaryResponse {
    return {
      id: row.id,
      status: row.status,
      skill: row.skill,
      task_id: row.task_id,
      overall_score: row.review?.decided_score ?? row.overall_score,
      cefr: row.cefr,
      created_at: row.created_at.toISOString(),
      finished_at: row.finished_at?.toISOString() ?? null,
    };
  }
}

@ApiSchema({ name: 'XELEvaluationResponse' })
export class EvaluationResponse extends EvaluationSummaryResponse {
  @ResponseField('string', 'Last summer I went to Spain with my friends.')
  text!: string;

  @ResponseField('string', 'Write about your last holiday.', { nullable: true })
  prompt!: string | null;

  @ResponseListField(
    'integer',
    [40, 72],
    'Lowest and highest score that fit the text; null when there is no score.',
  )
  interval!: [number, number] | null;

  @ResponseField('string', 'uncalibrated', {
    enum: ['calibrated', 'uncalibrated'],
    description:
      'Whether the width of the interval was measured on judged texts, so that four in five scores are inside, or assumed.',
  })
  interval_basis!: 'calibrated' | 'uncalibrated';

  @ResponseListField(() => CriterionResponse)
  criteria!: CriterionResponse[];

  @ResponseField('string', 'You answer the task fully. Some errors were found. Look at the corrections.', {
    nullable: true,
  })
  feedback!: string | null;

  @ResponseField('string', 'en', { enum: ['en', 'de', 'es', 'pt'] })
  feedback_language!: string;

  @ResponseListField(() => CorrectionResponse)
  corrections!: CorrectionResponse[];

  @ResponseListField('string', ['short'], `What a reader must know: ${EVALUATION_FLAGS.join(', ')}.`)
  flags!: string[];

  @ResponseField('string', null, {
    nullable: true,
    enum: REFUSAL_REASONS,
    description: 'Why it could not be evaluated.',
  })
  reason!: string | null;

  @ResponseField(() => EvaluatorResponse, undefined, { nullable: true })
  evaluator!: EvaluatorResponse | null;

  @ResponseField(() => ComparisonResponse, undefined, {
    nullable: true,
    description: 'Set with `previous_evaluation_id`.',
  })
  comparison!: ErrorComparison | null;

  @ResponseField(() => ReviewResponse, undefined, {
    nullable: true,
    description: 'The review by a person, if one was requested.',
  })
  review!: ReviewResponse | null;

  static from(row: EvaluationRow): EvaluationResponse {
    const { result } = row;
    const done = result?.status === 'done' ? result : undefined;
    return {
      ...EvaluationSummaryResponse.summarize(row),
      text: row.text,
      prompt: row.prompt,
      interval: done?.interval ?? null,
      interval_basis: result?.evaluator.intervalBasis ?? 'uncalibrated',
      criteria: done?.criteria ?? ([] as CriterionResult[]),
      feedback: result?.feedback ?? null,
      feedback_language: toFeedbackLanguage(row.feedback_language),
      corrections: done?.corrections.map(toCorrection) ?? [],
      flags: done?.flags ?? [],
      reason: result?.status === 'could_not_evaluate' ? result.reason : null,
      evaluator: result ? toEvaluator(result.evaluator, row.feedback_language) : null,
      comparison: result?.comparison ?? null,
      review: row.review ? ReviewResponse.from(row.review, row.overall_score) : null,
    };
  }
}

/** An evaluation that is not finished after ten seconds. */
@ApiSchema({ name: 'XELPendingEvaluation' })
export class PendingEvaluationResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'running', { enum: ['queued', 'running'] })
  status!: string;

  static of({ id, status }: Pick<Evaluation, 'id' | 'status'>): PendingEvaluationResponse {
    return { id, status };
  }
}

function toCorrection({
  original,
  suggestion,
  explanation,
  category,
  start,
  end,
}: Correction): CorrectionResponse {
  return { original, suggestion, explanation, category, start, end };
}

function toEvaluator(
  { kind, rubricVersion, model, promptVersion, judgements = [], fallbackReason }: EvaluatorInfo,
  language: string,
): EvaluatorResponse {
  return {
    kind,
    rubric_version: rubricVersion,
    model,
    prompt_version: promptVersion,
    judgements: judgements.map((judgement) => ({
      model: judgement.model,
      overall_score: judgement.overallScore,
    })),
    fallback_reason: fallbackReason === undefined ? null : explainFallback(fallbackReason, language),
  };
}
