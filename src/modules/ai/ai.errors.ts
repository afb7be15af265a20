import { defineErrors } from '@/platform/errors/index.js';

const FAILED_PROVIDER = { provider: 'openai', reason: 'It rejected the request.' };

export const aiErrors = defineErrors({
  provider_failed: { kind: 'bad_gateway', message: 'The AI provider failed.', facts: FAILED_PROVIDER },
  provider_timeout: {
    kind: 'gateway_timeout',
    message: 'The AI provider did not answer in time.',
    facts: { provider: 'openai', reason: 'It did not answer in time.' },
  },
  ai_unavailable: {
    kind: 'unavailable',
    message: 'No AI provider is available.',
    facts: { providers: [FAILED_PROVIDER] },
  },
  model_not_found: {
    kind: 'not_found',
    message: 'The model does not exist. GET /v1/models lists the models.',
  },
  generation_not_found: { kind: 'not_found', message: 'Generation not found.' },
  generation_in_progress: {
    kind: 'conflict',
    message: 'An answer in this conversation is still being generated. Wait for it or stop it.',
  },
  generation_interrupted: {
    kind: 'unavailable',
    message: 'The server stopped before the answer was complete. Send the request again.',
  },
  sources_gone: {
    kind: 'conflict',
    message: 'A document that the answer uses was deleted, or you may not read it any more. Ask again.',
  },
  ai_token_limit_reached: {
    kind: 'too_many',
    message: 'The monthly token limit is reached.',
    facts: { subject: 'user', limit_tokens: 100_000, resets_at: '2026-05-01T00:00:00.000Z' },
  },
});
