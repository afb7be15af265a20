import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId } from '@/platform/openapi/response-fields.js';

@ApiSchema({ name: 'GenerationResponse' })
export class GenerationResponse {
  @ShowsId()
  generation_id!: string;

  @Shows('string', 'stopped', { enum: ['running', 'done', 'stopped', 'failed'] })
  state!: string;
}
