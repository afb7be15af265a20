import { ApiSchema, ResponseField, ResponseTimestampField } from '@/platform/openapi/index.js';
import { IdField, TextField } from '@/platform/validation/index.js';
import { type Month } from '../live-quota.rules.js';

export class LiveQuotaQuery {
  @IdField({
    optional: true,
    description:
      'The organization whose plan counts, as in the start of a session. Default: your primary one.',
  })
  organization_id?: string;

  @TextField({
    optional: true,
    max: 4_096,
    description:
      'For pages of partners: an integration token with the scope `quota:read`, which can also be the bearer token. The quota is ' +
      'that of the embedded sessions of its organization.',
  })
  integration_token?: string;
}

@ApiSchema({ name: 'LiveQuotaResponse' })
export class LiveQuotaResponse {
  @ResponseField('string', 'free')
  plan!: string;

  @ResponseField('integer', 1800, { nullable: true, description: 'Null: unlimited.' })
  limit_seconds!: number | null;

  @ResponseField('integer', 120)
  used_seconds!: number;

  @ResponseField('integer', 1680, { nullable: true, description: 'Null: unlimited.' })
  remaining_seconds!: number | null;

  @ResponseTimestampField({ description: 'The first instant of the month, in UTC.' })
  period_start!: string;

  @ResponseTimestampField({
    description: 'The first instant of the next month: the used seconds begin at 0 again.',
  })
  period_end!: string;

  static from(
    { plan, limitSeconds, usedSeconds }: { plan: string; limitSeconds: number | null; usedSeconds: number },
    month: Month,
  ): LiveQuotaResponse {
    return {
      plan,
      limit_seconds: limitSeconds,
      used_seconds: usedSeconds,
      remaining_seconds: limitSeconds === null ? null : Math.max(0, limitSeconds - usedSeconds),
      period_start: month.start.toISOString(),
      period_end: month.end.toISOString(),
    };
  }
}
