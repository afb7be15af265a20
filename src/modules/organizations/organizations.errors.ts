import { defineErrors } from '../../platform/errors/index.js';

export const organizationErrors = defineErrors({
  no_organization: { kind: 'not_found', message: 'You do not belong to an organization.' },
  role_insufficient: { kind: 'forbidden', message: 'Your role does not allow this.' },
  last_owner: {
    kind: 'conflict',
    message: 'You are the last owner of an organization that has other members. Name another owner first.',
  },
});
