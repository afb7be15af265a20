import { CEFR_LEVELS, SKILLS } from '@/modules/xel/evaluation/evaluation.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { ReviewListRow } from '../persistence/review.repository.js';

@ApiSchema({ name: 'XELReviewRequestResponse' })
export class ReviewRequestResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField()
  evaluation_id!: string;

  @ResponseIdField({ description: 'The learner.' })
  user_id!: string;

  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'writing', { enum: SKILLS })
  skill!: string;

  @ResponseField('string', null, { nullable: true })
  task_id!: string | null;

  @ResponseField('integer', 56, { nullable: true })
  overall_score!: number | null;

  @ResponseField('string', 'B1', { nullable: true, enum: CEFR_LEVELS })
  cefr!: string | null;

  @ResponseField('string', 'I think that the second sentence is right.', { nullable: true })
  reason!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  static from(row: ReviewListRow): ReviewRequestResponse {
    return {
      id: row.id,
      evaluation_id: row.evaluation_id,
      user_id: row.learner_id,
      username: row.username,
      skill: row.skill,
      task_id: row.task_id,
      overall_score: row.overall_score,
      cefr: row.cefr,
      reason: row.reason,
      created_at: row.created_at.toISOString(),
    };
  }
}
