import { ApiSchema, ResponseField, ResponseIdField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'GenerationResponse' })
export class GenerationResponse {
  @ResponseIdField()
  generation_id!: string;

  @ResponseField('string', 'stopped', { enum: ['running', 'done', 'stopped', 'failed'] })
  state!: string;
}
