import { defineErrors } from '../../platform/errors/index.js';

export const userErrors = defineErrors({
  email_taken: { kind: 'conflict', message: 'This e-mail address already has an account.' },
  username_taken: { kind: 'conflict', message: 'This username is taken.' },
  organization_not_found: { kind: 'not_found', message: 'You are not a member of such an organization.' },
});
