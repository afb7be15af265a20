import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsList } from '@/platform/openapi/response-fields.js';

const HEALTH = ['healthy', 'degraded', 'unavailable'] as const;

@ApiSchema({ name: 'AIProvider' })
export class ProviderResponse {
  @Shows('string', 'openai', { description: 'What `provider` of a request names.' })
  id!: string;

  @Shows('string', 'OpenAI')
  name!: string;

  @ShowsList('string', ['gpt-5-mini', 'gpt-5'], 'What it offers, its default first.')
  models!: string[];

  @Shows('boolean', true)
  available!: boolean;

  @Shows('string', 'healthy', { enum: HEALTH, description: '`degraded`: its last request failed.' })
  health!: string;

  @Shows('string', null, { nullable: true, description: 'Why it is not available, or what failed last.' })
  reason!: string | null;
}

@ApiSchema({ name: 'AIProviders' })
export class ProvidersResponse {
  @ShowsList(() => ProviderResponse)
  providers!: ProviderResponse[];

  @Shows('string', 'auto')
  default!: string;
}
