import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { ResponseField, ResponseListField } from '@/platform/openapi/response-fields.js';

const HEALTH_STATES = ['healthy', 'degraded', 'unavailable'] as const;

@ApiSchema({ name: 'AIProvider' })
export class ProviderResponse {
  @ResponseField('string', 'openai', { description: 'What `provider` of a request names.' })
  id!: string;

  @ResponseField('string', 'OpenAI')
  name!: string;

  @ResponseListField('string', ['gpt-5-mini', 'gpt-5'], 'What it offers, its default first.')
  models!: string[];

  @ResponseField('boolean', true)
  available!: boolean;

  @ResponseField('string', 'healthy', {
    enum: HEALTH_STATES,
    description: '`degraded`: its last request failed.',
  })
  health!: string;

  @ResponseField('string', null, {
    nullable: true,
    description: 'Why it is not available, or what failed last.',
  })
  reason!: string | null;
}

@ApiSchema({ name: 'AIProviders' })
export class ProvidersResponse {
  @ResponseListField(() => ProviderResponse)
  providers!: ProviderResponse[];

  @ResponseField('string', 'auto')
  default!: string;
}
