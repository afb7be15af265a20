export { OrganizationsModule } from './organizations.module.js';
export { Gate } from './access/organization-access.service.js';
export { inOrganization } from './access/organization-permission.js';
export { fault, wellFormed } from './access/requested-organization.js';
export { AuditLog } from './audit/audit-log.service.js';
export { BelongingService } from './user-organizations/user-organizations.service.js';
export { FoundingService } from './organization-creation.service.js';
export { InvitationOffers } from './invitations/invitation-redemption.service.js';
export { OrganizationsService } from './organizations.service.js';
export { MembershipEvents } from './members/membership-events.js';
export { Memberships } from './members/membership-lifecycle.js';
export { organizationErrors } from './organizations.errors.js';
export {
  may,
  mayAdminister,
  mayGrant,
  outranks,
  type Permission,
  type Role,
  ROLES,
  xcRole,
} from './organizations.rules.js';
export { XcOrganizationResponse } from './dto/xc-organization.response.js';
export { type Owner, ownerOf } from './ownership/owner.js';
export { type Owned, owned, ownerValues, statementFor } from './ownership/persistence/owner-scope.js';
export { WeakSessions } from './ownership/persistence/hidden-row-explainer.js';
