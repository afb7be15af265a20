import { DAY } from '@/platform/kernel/durations.js';
import type { RateLimitPolicy } from '@/platform/limits/index.js';
import { roleHasPermission, canManageRole, type Role } from '../organizations.rules.js';

export const INVITATION_LIFETIME = 7 * DAY;
/** Mails one organization may cause, invitations sent again included. */
export const INVITATION_MAIL_LIMIT: RateLimitPolicy = { name: 'invitations', limit: 50, window: DAY };

/** Whether somebody who has this role (null: none any more) can answer for an invitation to `offered`. */
export function canInvite(inviterRole: Role | null, invitedRole: Role): boolean {
  return (
    inviterRole !== null &&
    roleHasPermission(inviterRole, 'invitations.manage') &&
    canManageRole(inviterRole, invitedRole)
  );
}
