import type { OrganizationRule } from '@/platform/access/organization-authorizer.js';
import { type Permission, PERMISSIONS } from '../organizations.rules.js';

/** For `@Requires`: the route is about the organization found at `from`, and needs this permission there. */
export function inOrganization(
  may: Permission,
  { from = 'path', open }: Partial<Pick<OrganizationRule, 'from' | 'open'>> = {},
): OrganizationRule {
  return { from, may, roles: PERMISSIONS[may], open };
}
