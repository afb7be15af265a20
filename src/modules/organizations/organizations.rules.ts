import { type Role, ROLES } from '@/platform/access/actor.js';

export { type Role, ROLES };

const ALL_ROLES = ROLES;
const ADMIN_ROLES = ['owner', 'admin'] as const;

/**
 * Who may do what inside an organization. The guard enforces it, the API reference prints it, and
 * `GET /api/organizations/{org_id}/access` explains it. Rules about *whom* it may be done to are below.
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

/** Whether `role` may change, add or remove somebody who is (or would be) `other`: below it, or anybody for an owner. */
export function canManageRole(role: Role, targetRole: Role): boolean {
  return role === 'owner' || ROLES.indexOf(role) < ROLES.indexOf(targetRole);
}

/** Nobody grants a role above their own. */
export function canGrantRole(role: Role, grantedRole: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(grantedRole);
}

/** The XC face knows two roles. */
export function toXcRole(role: Role | null): 'admin' | 'member' {
  return role === 'owner' || role === 'admin' ? 'admin' : 'member';
}

export const SLUG_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG_LENGTH = 48;

/** A slug from a name: `Acme Learning GmbH` becomes `acme-learning-gmbh`; `suffix` tells equal names apart. */
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
