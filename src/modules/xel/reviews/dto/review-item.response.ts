import { XelTaskResponse } from '@/modules/xel/modules/dto/task.response.js';
import { isCheckable } from '@/modules/xel/reviews/judge-correction.rules.js';
import { REVIEW_KINDS } from '@/modules/xel/reviews/persistence/review-item.entity.js';
import type { ReviewItemRow } from '@/modules/xel/reviews/persistence/review-item.repository.js';
import { ApiSchema, ResponseField, ResponseIdField } from '@/platform/openapi/index.js';

export const REVIEW_ANSWERS = ['response', 'rating'] as const;

@ApiSchema({ name: 'XELReviewItem' })
export class XelReviewItem {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'correction', {
    enum: REVIEW_KINDS,
    description: 'An error in an evaluated text, or a task that was answered wrongly.',
  })
  kind!: string;

  @ResponseField('string', 'response', {
    enum: REVIEW_ANSWERS,
    description: 'The field that answers it: `rating` where nothing can be checked.',
  })
  answer!: string;

  @ResponseField('string', 'Correct the words from `start` to `end`.')
  prompt!: string;

  @ResponseField('string', '2026-04-17', { format: 'date' })
  due_on!: string;

  @ResponseField('integer', 2, { description: 'How often you made the error.' })
  errors!: number;

  @ResponseField('integer', 0, { description: 'How often you reviewed it.' })
  reviews!: number;

  @ResponseIdField({ nullable: true, description: 'The latest evaluation with the error.' })
  evaluation_id!: string | null;

  @ResponseField('string', 'grammar', {
    nullable: true,
    enum: ['grammar', 'vocabulary', 'spelling', 'mechanics'],
  })
  category!: string | null;

  @ResponseField('string', 'The people was friendly.', { nullable: true, description: 'Your own words.' })
  sentence!: string | null;

  @ResponseField('string', 'was', { nullable: true, description: 'The words to correct.' })
  original!: string | null;

  @ResponseField('integer', 11, { nullable: true, description: 'UTF-16 offset in the sentence.' })
  start!: number | null;

  @ResponseField('integer', 14, { nullable: true, description: 'Exclusive.' })
  end!: number | null;

  @ResponseField('string', null, { nullable: true, description: 'Only of an item that you rate yourself.' })
  explanation!: string | null;

  @ResponseField(() => XelTaskResponse, undefined, { nullable: true })
  task!: XelTaskResponse | null;

  static from(row: ReviewItemRow, task: XelTaskResponse | null): XelReviewItem {
    const { occurrence } = row;
    const answer = isCheckable(row) ? 'response' : 'rating';
    return {
      id: row.id,
      kind: row.kind,
      answer,
      prompt: toPrompt(answer, task),
      due_on: row.due_day,
      errors: row.errors,
      reviews: row.reviews,
      evaluation_id: occurrence?.evaluation_id ?? null,
      category: occurrence?.category ?? null,
      sentence: occurrence?.sentence ?? null,
      original: occurrence?.original ?? null,
      start: occurrence?.error_start ?? null,
      end: occurrence?.error_end ?? null,
      explanation: answer === 'rating' ? (occurrence?.explanation ?? null) : null,
      task,
    };
  }
}

function toPrompt(answer: 'response' | 'rating', task: XelTaskResponse | null): string {
  if (task) return task.prompt;
  return answer === 'response'
    ? 'Correct the words from `start` to `end`.'
    : 'Correct the words from `start` to `end` for yourself, and rate how well you knew it.';
}
