import { DAY } from '@/platform/kernel/durations.js';
import type { Policy } from '@/platform/limits/index.js';
import { may, outranks, type Role } from '../organizations.rules.js';

export const INVITATION_LIFE = 7 * DAY;
/** Mails one organization may cause, invitations sent again included. */
export const INVITATIONS: Policy = { name: 'invitations', limit: 50, window: DAY };

/** Whether somebody who has this role (null: none any more) can answer for an invitation to `offered`. */
export function mayInvite(inviter: Role | null, offered: Role): boolean {
  return inviter !== null && may(inviter, 'invitations.manage') && outranks(inviter, offered);
}
