import { defineErrors } from '@/platform/errors/index.js';

export const aiErrors = defineErrors({
  provider_failed: { kind: 'bad_gateway', message: 'The provider could not answer.' },
  provider_timeout: { kind: 'gateway_timeout', message: 'The provider did not answer in time.' },
  ai_unavailable: { kind: 'unavailable', message: 'No provider can answer now.' },
  generation_not_found: { kind: 'not_found', message: 'There is no such generation.' },
  generation_in_progress: {
    kind: 'conflict',
    message: 'Another turn of this conversation is still being answered.',
  },
  generation_interrupted: {
    kind: 'unavailable',
    message: 'The server stopped before the answer was whole. Ask again.',
  },
  ai_token_limit_reached: { kind: 'too_many', message: 'The monthly token limit is reached.' },
});
