import { defineErrors } from '@/platform/errors/index.js';

export const apiKeyErrors = defineErrors({
  api_key_not_found: { kind: 'not_found', message: 'There is no such API key.' },
  ip_not_allowed: { kind: 'forbidden', message: 'This API key may not be used from this address.' },
});
