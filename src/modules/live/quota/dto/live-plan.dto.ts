import { ApiSchema, ResponseField, ResponseIdField } from '@/platform/openapi/index.js';
import { TextField } from '@/platform/validation/index.js';

@ApiSchema({ name: 'LivePlanRequest' })
export class LivePlanRequest {
  @TextField({ max: 32, example: 'pro', description: 'A plan of the setting `LIVE_PLANS`.' })
  plan!: string;
}

@ApiSchema({ name: 'LivePlanResponse' })
export class LivePlanResponse {
  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'pro')
  plan!: string;

  @ResponseField('integer', 18_000, { nullable: true, description: 'Seconds in a month. Null: unlimited.' })
  limit_seconds!: number | null;
}
