import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { ResponseField, ResponseIdField } from '@/platform/openapi/response-fields.js';

@ApiSchema({ name: 'GenerationResponse' })
export class GenerationResponse {
  @ResponseIdField()
  generation_id!: string;

  @ResponseField('string', 'stopped', { enum: ['running', 'done', 'stopped', 'failed'] })
  state!: string;
}
