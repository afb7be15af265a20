import { defineErrors } from '@/platform/errors/index.js';

export const userErrors = defineErrors({
  email_taken: { kind: 'conflict', message: 'This e-mail address already has an account.' },
  username_taken: { kind: 'conflict', message: 'This username is already taken.' },
});
