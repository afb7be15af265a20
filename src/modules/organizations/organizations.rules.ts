import { type Role, ROLES } from '@/platform/access/index.js';

export { type Role, ROLES };

const ALL_ROLES = ROLES;
const ADMIN_ROLES = ['owner', 'admin'] as const;

/**
 * The roles that each permission is granted to, highest first. The guard enforces this table, the API reference prints
 * it, and `GET /api/organizations/{org_id}/access` explains it. The functions below restrict the target of an action.
 */
export const PERMISSIONS = {
  'organization.read': ALL_ROLES,
  'organization.update': ADMIN_ROLES,
  'organization.delete': ['owner'],
  'members.read': ALL_ROLES,
  'members.add': ADMIN_ROLES,
  'members.update': ADMIN_ROLES,
  'members.remove': ADMIN_ROLES,
  'members.leave': ALL_ROLES,
  'teams.read': ALL_ROLES,
  'teams.manage': ADMIN_ROLES,
  'team_members.manage': ['owner', 'admin', 'team_manager'],
  'users.manage': ADMIN_ROLES,
  'invitations.manage': ADMIN_ROLES,
  'audit.read': ADMIN_ROLES,
  'ai_usage.read': ADMIN_ROLES,
  'access.explain': ALL_ROLES,
  'api_keys.create': ALL_ROLES,
  'api_keys.manage': ADMIN_ROLES,
  // The organization: owners and admins. A team: also its team managers.
  'documents.share': ['owner', 'admin', 'team_manager'],
  'documents.manage': ['owner', 'admin', 'team_manager'],
  // Of a team manager: evaluations of learners in their teams.
  'reviews.decide': ['owner', 'admin', 'team_manager'],
  // Of a team manager: those of their teams.
  'statistics.read': ['owner', 'admin', 'team_manager'],
  'webhooks.manage': ADMIN_ROLES,
  'integration_tokens.manage': ADMIN_ROLES,
  'integration_tokens.verify': ALL_ROLES,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function roleHasPermission(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

export function isAdministrator(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}

/** Returns whether `role` may add, change or remove a member with `targetRole`: a lower role, or any for an owner. */
export function canManageRole(role: Role, targetRole: Role): boolean {
  return role === 'owner' || ROLES.indexOf(role) < ROLES.indexOf(targetRole);
}

/** Returns whether `role` may grant `grantedRole`: never a role higher than its own. */
export function canGrantRole(role: Role, grantedRole: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(grantedRole);
}

/** Maps a role to one of the two roles of the XC API. */
export function toXcRole(role: Role | null): 'admin' | 'member' {
  return role === 'owner' || role === 'admin' ? 'admin' : 'member';
}

export const SLUG_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG_LENGTH = 48;

/** Derives a slug from a name, `acme-learning` from `Acme Learning`; `suffix` makes the slug of an equal name unique. */
export function deriveSlug(name: string, suffix = ''): string {
  const normalized = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug =
    normalized
      .match(/[a-z0-9]+/g)
      ?.join('-')
      .slice(0, MAX_SLUG_LENGTH)
      .replace(/-$/, '') ?? 'organization';
  return suffix ? `${slug}-${suffix}` : slug;
}
