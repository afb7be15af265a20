import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { ReviewRequest } from '../persistence/review-request.entity.js';

@ApiSchema({ name: 'XELReview' })
export class ReviewResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'decided', { enum: ['open', 'decided'] })
  status!: string;

  @ResponseIdField()
  organization_id!: string;

  @ResponseField('integer', 72, { nullable: true, description: 'The score that the person gave.' })
  overall_score!: number | null;

  @ResponseField('integer', 61, { nullable: true, description: 'The score of the evaluator.' })
  original_score!: number | null;

  @ResponseField('string', 'The checker took two names for errors.', { nullable: true })
  reason!: string | null;

  @ResponseField('string', 'team_manager', { nullable: true, description: 'Role of the person who decided.' })
  role!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField({ nullable: true })
  decided_at!: string | null;

  /** `row` comes from the database as JSON, so its times are texts. */
  static from(row: ReviewRequest, originalScore: number | null): ReviewResponse {
    return {
      id: row.id,
      status: row.status,
      organization_id: row.organization_id,
      overall_score: row.decided_score,
      original_score: originalScore,
      reason: row.decision_reason,
      role: row.decided_role,
      created_at: new Date(row.created_at).toISOString(),
      decided_at: row.decided_at === null ? null : new Date(row.decided_at).toISOString(),
    };
  }
}
