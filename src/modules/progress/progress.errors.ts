import { defineErrors } from '@/platform/errors/index.js';

export const progressErrors = defineErrors({
  tokens_insufficient: { kind: 'conflict', message: 'You do not have enough tokens.' },
  freeze_limit_reached: { kind: 'conflict', message: 'You already hold as many freezes as allowed.' },
  email_not_verified: { kind: 'conflict', message: 'Confirm your e-mail address first.' },
  unsubscribe_link_invalid: {
    kind: 'not_found',
    message: 'This link is not valid, or its account was deleted.',
  },
  profile_not_found: { kind: 'not_found', message: 'Profile not found.' },
});
