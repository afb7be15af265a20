import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'ModelResponse' })
export class ModelResponse {
  @ResponseField('string', 'openai/gpt-5-mini')
  id!: string;

  @ResponseField('string', 'model')
  object!: string;

  @ResponseField('integer', 0, { description: 'Always 0: providers do not say it.' })
  created!: number;

  @ResponseField('string', 'openai', { description: 'The provider; `xentree` for `auto`.' })
  owned_by!: string;

  static from(id: string, owned_by: string): ModelResponse {
    return { id, object: 'model', created: 0, owned_by };
  }
}

@ApiSchema({ name: 'ModelListResponse' })
export class ModelListResponse {
  @ResponseField('string', 'list')
  object!: string;

  @ResponseListField(() => ModelResponse)
  data!: ModelResponse[];
}
