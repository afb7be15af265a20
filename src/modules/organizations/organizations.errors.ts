import { defineErrors } from '@/platform/errors/index.js';

export const organizationErrors = defineErrors({
  organization_not_found: {
    kind: 'not_found',
    message: 'Organization not found, or you are not a member of it.',
  },
  no_organization: { kind: 'not_found', message: 'You do not belong to an organization.' },
  member_not_found: { kind: 'not_found', message: 'Member not found.' },
  user_not_found: { kind: 'not_found', message: 'User not found.' },
  team_not_found: { kind: 'not_found', message: 'Team not found.' },
  invitation_not_found: { kind: 'not_found', message: 'Invitation not found.' },
  role_insufficient: {
    kind: 'forbidden',
    message: 'Your role does not allow this.',
    facts: { role: 'member' },
  },
  last_owner: {
    kind: 'conflict',
    message: 'An organization must have an owner. Make another member an owner first.',
  },
  slug_taken: { kind: 'conflict', message: 'This slug is already taken.' },
  already_member: { kind: 'conflict', message: 'This user is already a member.' },
  team_name_taken: { kind: 'conflict', message: 'A team with this name already exists.' },
  invitation_pending: {
    kind: 'conflict',
    message: 'This address already has a pending invitation. Resend it.',
  },
  invitation_not_pending: { kind: 'conflict', message: 'This invitation was already accepted or revoked.' },
  invitation_invalid: {
    kind: 'gone',
    message: 'This invitation has expired or was already used. Ask for a new one.',
  },
  invitation_for_another: {
    kind: 'forbidden',
    message: 'This invitation was sent to a different e-mail address. Sign in with that address.',
  },
});
