import type { OrganizationRule } from '../../../platform/http/organization-gate.js';
import { type Permission, PERMISSIONS } from '../organizations.rules.js';

/** For `@Requires`: the route is about the organization found at `from`, and needs this permission there. */
export function inOrganization(
  may: Permission,
  { from = 'path', open }: Partial<Pick<OrganizationRule, 'from' | 'open'>> = {},
): OrganizationRule {
  return { from, may, roles: PERMISSIONS[may], open };
}
