import { defineErrors } from '@/platform/errors/index.js';

export const integrationErrors = defineErrors({
  integration_token_not_found: { kind: 'not_found', message: 'The tenant has issued no such token.' },
  integration_token_inactive: {
    kind: 'conflict',
    message: 'This token has expired or was revoked. Grant a new one.',
  },
  integration_key_not_found: { kind: 'not_found', message: 'There is no key for this tenant.' },
});
