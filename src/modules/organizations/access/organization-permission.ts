import type { OrganizationRequirement } from '@/platform/access/organization-authorizer.js';
import { type Permission, PERMISSIONS } from '../organizations.rules.js';

/** For `@Requires`: the route is about the organization found at `from`, and needs this permission there. */
export function inOrganization(
  permission: Permission,
  {
    from = 'path',
    allowWithoutSecondFactor,
  }: Partial<Pick<OrganizationRequirement, 'from' | 'allowWithoutSecondFactor'>> = {},
): OrganizationRequirement {
  return { from, permission, roles: PERMISSIONS[permission], allowWithoutSecondFactor };
}
