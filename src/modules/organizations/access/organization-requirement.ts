import type { OrganizationRequirement } from '@/platform/access/index.js';
import { type Permission, PERMISSIONS } from '../organizations.rules.js';

/** Builds the argument of `@Requires`: the actor needs `permission` in the organization that `from` selects. */
export function inOrganization(
  permission: Permission,
  {
    from = 'path',
    allowWithoutSecondFactor,
  }: Partial<Pick<OrganizationRequirement, 'from' | 'allowWithoutSecondFactor'>> = {},
): OrganizationRequirement {
  return { from, permission, roles: PERMISSIONS[permission], allowWithoutSecondFactor };
}
