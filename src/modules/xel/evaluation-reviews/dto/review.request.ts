import { IdField, IntegerField, TextField } from '@/platform/validation/index.js';

export class XelReviewRequestRequest {
  @IdField({
    description: 'One of your organizations: its owners and admins, and managers of your teams, can decide.',
  })
  organization_id!: string;

  @TextField({
    optional: true,
    nullable: true,
    max: 1_000,
    example: 'I think that the second sentence is right.',
  })
  reason?: string | null;
}

export class XelOverrideRequest {
  @IntegerField({ min: 0, max: 100, example: 72 })
  overall_score!: number;

  @TextField({ max: 1_000, trim: true, example: 'The checker took two names for errors.' })
  reason!: string;
}
