import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';
import { NameField } from '@/platform/validation/index.js';

const EXAMPLE = 'Ada';

@ApiSchema({ name: 'LiveNicknameRequest' })
export class LiveNicknameRequest {
  @NameField({ max: 50, example: EXAMPLE })
  nickname!: string;
}

@ApiSchema({ name: 'LiveNicknameResponse' })
export class LiveNicknameResponse {
  @ResponseField('string', EXAMPLE)
  nickname!: string;
}
