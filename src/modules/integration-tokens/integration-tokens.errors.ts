import { defineErrors } from '@/platform/errors/index.js';

export const integrationErrors = defineErrors({
  integration_token_not_found: { kind: 'not_found', message: 'Integration token not found.' },
  integration_token_inactive: {
    kind: 'conflict',
    message: 'This token is expired, revoked or suspended. Request a new one.',
  },
  integration_key_not_found: { kind: 'not_found', message: 'This tenant has no key pair yet.' },
});
