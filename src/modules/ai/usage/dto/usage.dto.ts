import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant, ShowsList } from '@/platform/openapi/response-fields.js';
import { Text } from '@/platform/validation/fields.js';
import type { Limit } from '../token-budgets.js';
import type { CounterRow, ModelUsageRow } from '../persistence/usage.repository.js';

export class UsageQuery {
  @Text({
    optional: true,
    max: 7,
    pattern: /^20\d\d-(0[1-9]|1[0-2])$/,
    patternMessage: 'must be a month such as 2026-11',
    example: '2026-11',
    description: 'A calendar month, UTC; the present one when absent.',
  })
  month?: string;
}

export class ModelUsageResponse {
  @Shows('string', 'openai')
  provider!: string;

  @Shows('string', 'gpt-5-mini')
  model!: string;

  @Shows('integer', 12)
  requests!: number;

  @Shows('integer', 2140)
  input_tokens!: number;

  @Shows('integer', 9310)
  output_tokens!: number;

  @Shows('integer', 11450)
  total_tokens!: number;

  static from({ provider, model, requests, input_tokens, output_tokens }: ModelUsageRow): ModelUsageResponse {
    const total_tokens = input_tokens + output_tokens;
    return { provider, model, requests, input_tokens, output_tokens, total_tokens };
  }
}

export class TokenLimitResponse {
  @Shows('string', 'user', { enum: ['user', 'organization', 'key'] })
  subject!: string;

  @ShowsId()
  id!: string;

  @Shows('integer', 100000)
  limit_tokens!: number;

  @Shows('integer', 11450)
  used_tokens!: number;

  @Shows('integer', 8300, { description: 'Set aside for answers under way.' })
  reserved_tokens!: number;

  @Shows('integer', 80250)
  remaining_tokens!: number;

  static from(
    { kind, subject, limit }: Limit,
    { used, reserved }: Omit<CounterRow, 'subject'>,
  ): TokenLimitResponse {
    const remaining_tokens = Math.max(0, limit - used - reserved);
    const tokens = { limit_tokens: limit, used_tokens: used, reserved_tokens: reserved, remaining_tokens };
    return { subject: kind, id: subject, ...tokens };
  }
}

@ApiSchema({ name: 'AIUsage' })
export class UsageResponse {
  @ShowsInstant()
  period_start!: string;

  @ShowsInstant()
  period_end!: string;

  @Shows('integer', 12)
  requests!: number;

  @Shows('integer', 2140)
  input_tokens!: number;

  @Shows('integer', 9310)
  output_tokens!: number;

  @Shows('integer', 11450)
  total_tokens!: number;

  @ShowsList(() => ModelUsageResponse, undefined, 'Most tokens first.')
  models!: ModelUsageResponse[];

  @ShowsList(() => TokenLimitResponse, undefined, 'The limits that hold for the caller; none by default.')
  limits!: TokenLimitResponse[];
}
