import { type Role, ROLES } from '@/platform/access/actor.js';

export { type Role, ROLES };

const EVERYBODY = ROLES;
const ADMINS = ['owner', 'admin'] as const;

/**
 * Who may do what inside an organization. The guard enforces it, the API reference prints it, and
 * `GET /api/organizations/{org_id}/access` explains it. Rules about *whom* it may be done to are below.
 */
export const PERMISSIONS = {
  'organization.read': EVERYBODY,
  'organization.update': ADMINS,
  'organization.delete': ['owner'],
  'members.read': EVERYBODY,
  'members.add': ADMINS,
  'members.update': ADMINS,
  'members.remove': ADMINS,
  'members.leave': EVERYBODY,
  'teams.read': EVERYBODY,
  'teams.manage': ADMINS,
  'team_members.manage': ['owner', 'admin', 'team_manager'],
  'users.manage': ADMINS,
  'invitations.manage': ADMINS,
  'audit.read': ADMINS,
  'ai_usage.read': ADMINS,
  'access.explain': EVERYBODY,
  'api_keys.create': EVERYBODY,
  'api_keys.manage': ADMINS,
  'integration_tokens.manage': ADMINS,
  'integration_tokens.verify': EVERYBODY,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function may(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

export function mayAdminister(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}

/** Whether `role` may change, add or remove somebody who is (or would be) `other`: below it, or anybody for an owner. */
export function outranks(role: Role, other: Role): boolean {
  return role === 'owner' || ROLES.indexOf(role) < ROLES.indexOf(other);
}

/** Nobody grants a role above their own. */
export function mayGrant(role: Role, granted: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(granted);
}

/** The XC face knows two roles. */
export function xcRole(role: Role | null): 'admin' | 'member' {
  return role === 'owner' || role === 'admin' ? 'admin' : 'member';
}

export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG = 48;

/** A slug from a name: `Acme Learning GmbH` becomes `acme-learning-gmbh`; `suffix` tells equal names apart. */
export function slugFrom(name: string, suffix = ''): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words =
    plain
      .match(/[a-z0-9]+/g)
      ?.join('-')
      .slice(0, MAX_SLUG)
      .replace(/-$/, '') ?? 'organization';
  return suffix ? `${words}-${suffix}` : words;
}
