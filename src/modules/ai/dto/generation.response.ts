import { ApiSchema } from '../../../platform/docs/reference.js';
import { Shows, ShowsId } from '../../../platform/http/response-fields.js';

@ApiSchema({ name: 'GenerationResponse' })
export class GenerationResponse {
  @ShowsId()
  generation_id!: string;

  @Shows('string', 'stopped', { enum: ['running', 'done', 'stopped', 'failed'] })
  state!: string;
}
