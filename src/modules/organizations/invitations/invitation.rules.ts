import { DAY } from '@/platform/kernel/durations.js';
import { roleHasPermission, canManageRole, type Role } from '../organizations.rules.js';

/** In seconds. */
export const INVITATION_LIFETIME = 7 * DAY;

/** Returns whether the inviter may invite to a role; `inviterRole` is null after the inviter lost their membership. */
export function canInvite(inviterRole: Role | null, invitedRole: Role): boolean {
  return (
    inviterRole !== null &&
    roleHasPermission(inviterRole, 'invitations.manage') &&
    canManageRole(inviterRole, invitedRole)
  );
}
