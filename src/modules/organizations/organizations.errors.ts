import { defineErrors } from '@/platform/errors/index.js';

export const organizationErrors = defineErrors({
  organization_not_found: { kind: 'not_found', message: 'You are not a member of such an organization.' },
  no_organization: { kind: 'not_found', message: 'You do not belong to an organization.' },
  member_not_found: { kind: 'not_found', message: 'The organization has no such member.' },
  user_not_found: { kind: 'not_found', message: 'There is no such account.' },
  team_not_found: { kind: 'not_found', message: 'The organization has no such team.' },
  invitation_not_found: { kind: 'not_found', message: 'The organization has no such invitation.' },
  role_insufficient: { kind: 'forbidden', message: 'Your role does not allow this.' },
  last_owner: {
    kind: 'conflict',
    message: 'You are the last owner of an organization that has other members. Name another owner first.',
  },
  slug_taken: { kind: 'conflict', message: 'This slug is taken.' },
  already_member: { kind: 'conflict', message: 'This person is a member already.' },
  team_name_taken: { kind: 'conflict', message: 'The organization has a team with this name.' },
  invitation_pending: {
    kind: 'conflict',
    message: 'This address is invited already. Resend the invitation.',
  },
  invitation_not_pending: { kind: 'conflict', message: 'This invitation was accepted or revoked before.' },
  invitation_invalid: { kind: 'gone', message: 'This invitation is not valid any more. Ask for a new one.' },
  invitation_for_another: {
    kind: 'forbidden',
    message: 'This invitation was sent to another address than the one you are signed in with.',
  },
});
