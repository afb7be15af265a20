import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/index.js';
import { TextField } from '@/platform/validation/index.js';
import type { CounterRow, ModelUsageRow } from '../persistence/usage.repository.js';
import type { TokenLimit } from '../token-budgets.js';

export class UsageQuery {
  @TextField({
    optional: true,
    max: 7,
    pattern: /^20\d\d-(0[1-9]|1[0-2])$/,
    patternMessage: 'must be a month such as 2026-11',
    example: '2026-11',
    description: 'A calendar month in UTC. Default: the current month.',
  })
  month?: string;
}

export class ModelUsageResponse {
  @ResponseField('string', 'openai')
  provider!: string;

  @ResponseField('string', 'gpt-5-mini')
  model!: string;

  @ResponseField('integer', 12)
  requests!: number;

  @ResponseField('integer', 2140)
  input_tokens!: number;

  @ResponseField('integer', 9310)
  output_tokens!: number;

  @ResponseField('integer', 11450)
  total_tokens!: number;

  static from({ provider, model, requests, input_tokens, output_tokens }: ModelUsageRow): ModelUsageResponse {
    const total_tokens = input_tokens + output_tokens;
    return { provider, model, requests, input_tokens, output_tokens, total_tokens };
  }
}

export class TokenLimitResponse {
  @ResponseField('string', 'user', { enum: ['user', 'organization', 'key'] })
  subject!: string;

  @ResponseIdField()
  id!: string;

  @ResponseField('integer', 100000)
  limit_tokens!: number;

  @ResponseField('integer', 11450)
  used_tokens!: number;

  @ResponseField('integer', 8300, { description: 'Reserved for running generations.' })
  reserved_tokens!: number;

  @ResponseField('integer', 80250)
  remaining_tokens!: number;

  static from(
    { kind, subject, limit }: TokenLimit,
    { used, reserved }: Omit<CounterRow, 'subject'>,
  ): TokenLimitResponse {
    const remaining_tokens = Math.max(0, limit - used - reserved);
    return {
      subject: kind,
      id: subject,
      limit_tokens: limit,
      used_tokens: used,
      reserved_tokens: reserved,
      remaining_tokens,
    };
  }
}

@ApiSchema({ name: 'AIUsage' })
export class UsageResponse {
  @ResponseTimestampField()
  period_start!: string;

  @ResponseTimestampField()
  period_end!: string;

  @ResponseField('integer', 12)
  requests!: number;

  @ResponseField('integer', 2140)
  input_tokens!: number;

  @ResponseField('integer', 9310)
  output_tokens!: number;

  @ResponseField('integer', 11450)
  total_tokens!: number;

  @ResponseListField(() => ModelUsageResponse, undefined, 'Sorted by tokens, highest first.')
  models!: ModelUsageResponse[];

  @ResponseListField(
    () => TokenLimitResponse,
    undefined,
    'The limits that apply to the caller; empty by default.',
  )
  limits!: TokenLimitResponse[];
}
