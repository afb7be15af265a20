import { canManageRole, type Role, ROLES } from '../organizations.rules.js';
import { canInvite, INVITATION_LIFETIME } from './invitation.rules.js';

describe('canInvite', () => {
  it.each<[Role | null, Role[]]>([
    ['owner', ['owner', 'admin', 'team_manager', 'member']],
    ['admin', ['team_manager', 'member']],
    ['team_manager', []],
    ['member', []],
    [null, []],
  ])('lets an inviter with the role %s invite to %j', (inviterRole, roles) => {
    expect(ROLES.filter((role) => canInvite(inviterRole, role))).toEqual(roles);
  });

  it('is stricter than canManageRole: a team manager manages members but cannot invite them', () => {
    expect(canManageRole('team_manager', 'member')).toBe(true);
    expect(canInvite('team_manager', 'member')).toBe(false);
  });
});

describe('INVITATION_LIFETIME', () => {
  it('is 7 days', () => {
    expect(INVITATION_LIFETIME).toBe(7 * 24 * 60 * 60);
  });
});
