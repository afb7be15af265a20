export { OrganizationsModule } from './organizations.module.js';
export { OrganizationAccessService } from './access/organization-access.service.js';
export { inOrganization } from './access/organization-requirement.js';
export { PRIMARY_ORGANIZATION_ORDER } from './access/persistence/membership-access.repository.js';
export { AuditLogService } from './audit/audit-log.service.js';
export { UserOrganizationsService } from './user-organizations/user-organizations.service.js';
export { OrganizationCreationService } from './organization-creation.service.js';
export { InvitationRedemptionService } from './invitations/invitation-redemption.service.js';
export { OrganizationsService } from './organizations.service.js';
export { type MembershipEndedEvent, MembershipEvents } from './members/membership-events.js';
export { MembershipLifecycle } from './members/membership-lifecycle.js';
export { OwnerDirectory } from './members/owner-directory.js';
export { organizationErrors } from './organizations.errors.js';
export {
  roleHasPermission,
  isAdministrator,
  canGrantRole,
  canManageRole,
  type Permission,
  type Role,
  ROLES,
  toXcRole,
} from './organizations.rules.js';
export { XcOrganizationResponse, type XcOrganizationRow } from './dto/xc-organization.response.js';
export { type Owner, toOwner } from './ownership/owner.js';
export {
  HiddenRowExplainer,
  type OwnerScopedStatement,
  scopeToOwner,
  ownerParameters,
  forOwner,
} from './ownership/persistence/owner-scope.js';
