import { RATINGS } from '@/modules/xel/reviews/schedule.rules.js';
import { ApiSchema, ResponseField, ResponseIdField } from '@/platform/openapi/index.js';
import { customRule, EnumField, UnionField } from '@/platform/validation/index.js';

const isResponse = customRule<unknown>(
  'response',
  'must be a string or a list of strings',
  (value) => typeof value === 'string' || Array.isArray(value),
);

/** `response` for an item that the server can check, else `rating`. */
export class XelReviewAnswerRequest {
  @UnionField([isResponse], {
    optional: true,
    schema: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    description:
      'Of a correction: the corrected words, or the whole corrected sentence. Of a task: as in its submission.',
    example: 'were',
  })
  response?: unknown;

  @EnumField(RATINGS, {
    optional: true,
    description: 'How well you knew it, for an item with `answer: "rating"`.',
  })
  rating?: (typeof RATINGS)[number];
}

@ApiSchema({ name: 'XELReviewCorrection' })
export class XelReviewCorrection {
  @ResponseField('string', 'were', {
    nullable: true,
    description: 'The right words; null when there is an explanation only.',
  })
  text!: string | null;

  @ResponseField('string', 'The people were friendly.', { nullable: true })
  sentence!: string | null;

  @ResponseField('string', 'The verb must agree with its subject: people are, everybody is.')
  explanation!: string;
}

@ApiSchema({ name: 'XELReviewResult' })
export class XelReviewResult {
  @ResponseIdField()
  id!: string;

  @ResponseField('boolean', true, { nullable: true, description: 'Null for your own rating.' })
  correct!: boolean | null;

  @ResponseField('integer', 100, { nullable: true, description: 'From 0 to 100; null for your own rating.' })
  score!: number | null;

  @ResponseField('string', 'good', {
    enum: RATINGS,
    description:
      '`good` for a right response, `hard` for one that passed with errors, `again` for a wrong one.',
  })
  rating!: string;

  @ResponseField('string', 'Correct!')
  feedback!: string;

  @ResponseField(() => XelReviewCorrection, undefined, {
    nullable: true,
    description: 'Null for a task whose solution is not shown yet, because you have tries left.',
  })
  correction!: XelReviewCorrection | null;

  @ResponseField('string', '2026-04-20', { format: 'date', description: 'The next review.' })
  due_on!: string;

  @ResponseField('integer', 3, { description: 'Days until then.' })
  interval_days!: number;

  @ResponseField('integer', 1)
  reviews!: number;

  @ResponseField('integer', 3)
  xp_awarded!: number;
}
