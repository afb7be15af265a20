import { defineErrors } from '@/platform/errors/index.js';

export const apiKeyErrors = defineErrors({
  api_key_not_found: { kind: 'not_found', message: 'API key not found.' },
  ip_not_allowed: { kind: 'forbidden', message: 'This API key cannot be used from your IP address.' },
});
