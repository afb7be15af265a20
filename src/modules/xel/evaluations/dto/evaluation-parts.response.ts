import { CRITERIA } from '@/modules/xel/evaluation/evaluation.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XELEvidence' })
export class EvidenceResponse {
  @ResponseField('string', 'the people was friendly')
  quote!: string;

  @ResponseField('integer', 120, { description: 'UTF-16 offset in the evaluated text.' })
  start!: number;

  @ResponseField('integer', 143, { description: 'Exclusive.' })
  end!: number;
}

@ApiSchema({ name: 'XELCriterion' })
export class CriterionResponse {
  @ResponseField('string', 'grammar', { enum: CRITERIA })
  name!: string;

  @ResponseField('integer', 61, {
    nullable: true,
    description: 'From 0 to 100; null when it cannot be judged: see the comment.',
  })
  score!: number | null;

  @ResponseField('string', 'Some errors were found. Look at the corrections.')
  comment!: string;

  @ResponseListField(() => EvidenceResponse)
  evidence!: EvidenceResponse[];
}

@ApiSchema({ name: 'XELCorrection' })
export class CorrectionResponse {
  @ResponseField('string', 'was')
  original!: string;

  @ResponseField('string', 'were')
  suggestion!: string;

  @ResponseField('string', 'The verb must agree with its subject: people are, everybody is.')
  explanation!: string;

  @ResponseField('string', 'grammar', { enum: ['grammar', 'vocabulary', 'spelling', 'mechanics'] })
  category!: string;

  @ResponseField('integer', 131, { description: 'UTF-16 offset in the evaluated text.' })
  start!: number;

  @ResponseField('integer', 134, { description: 'Exclusive.' })
  end!: number;
}

@ApiSchema({ name: 'XELJudgement' })
export class JudgementResponse {
  @ResponseField('string', 'openai/gpt-5')
  model!: string;

  @ResponseField('integer', 58, { description: 'From 0 to 100.' })
  overall_score!: number;
}

@ApiSchema({ name: 'XELEvaluator' })
export class EvaluatorResponse {
  @ResponseField('string', 'model', {
    enum: ['deterministic', 'model'],
    description: '`deterministic`: rules without a model.',
  })
  kind!: string;

  @ResponseField('string', 'cefr-1')
  rubric_version!: string;

  @ResponseField('string', 'openai/gpt-5', { nullable: true, description: 'The models that judged.' })
  model!: string | null;

  @ResponseField('string', '1', { nullable: true })
  prompt_version!: string | null;

  @ResponseListField(() => JudgementResponse, undefined, 'The independent judgements of models.')
  judgements!: JudgementResponse[];

  @ResponseField('string', null, {
    nullable: true,
    description: 'Why rules judged the text although the server has a model, in the feedback language.',
  })
  fallback_reason!: string | null;
}

@ApiSchema({ name: 'XELComparedError' })
export class ComparedErrorResponse {
  @ResponseField('string', 'was')
  original!: string;

  @ResponseField('string', 'were')
  suggestion!: string;

  @ResponseField('string', 'The verb must agree with its subject: people are, everybody is.')
  explanation!: string;
}

@ApiSchema({ name: 'XELComparison' })
export class ComparisonResponse {
  @ResponseListField(() => ComparedErrorResponse)
  fixed!: ComparedErrorResponse[];

  @ResponseListField(() => ComparedErrorResponse)
  remaining!: ComparedErrorResponse[];

  @ResponseListField(() => ComparedErrorResponse)
  new!: ComparedErrorResponse[];
}
