import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

const HEALTH_STATES = ['healthy', 'degraded', 'unavailable'] as const;

@ApiSchema({ name: 'AIProvider' })
export class ProviderResponse {
  @ResponseField('string', 'openai', { description: 'The value for `provider` in a request.' })
  id!: string;

  @ResponseField('string', 'OpenAI')
  name!: string;

  @ResponseListField('string', ['gpt-5-mini', 'gpt-5'], 'The default model is first.')
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
    description: 'Why it is not available, or why its last request failed.',
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
