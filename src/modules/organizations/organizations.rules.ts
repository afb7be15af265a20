export const ROLES = ['owner', 'admin', 'team_manager', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** The XC face knows two roles. */
export function xcRole(role: Role | null): 'admin' | 'member' {
  return role === 'owner' || role === 'admin' ? 'admin' : 'member';
}

export function mayAdminister(role: Role): boolean {
  return role === 'owner' || role === 'admin';
}

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
