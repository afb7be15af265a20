export { OrganizationsModule } from './organizations.module.js';
export { Gate } from './access/gate.js';
export { inOrganization } from './access/in-organization.js';
export { fault, wellFormed } from './access/named-organization.js';
export { AuditLog } from './audit/audit-log.js';
export { BelongingService } from './belonging.service.js';
export { FoundingService } from './founding.service.js';
export { InvitationOffers } from './invitations/invitation-offers.js';
export { OrganizationsService } from './organizations.service.js';
export { MembershipEvents } from './members/membership-events.js';
export { Memberships } from './members/memberships.js';
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
export { type Owned, owned, ownerValues, statementFor } from './ownership/persistence/owned.js';
export { WeakSessions } from './ownership/persistence/weak-sessions.js';
