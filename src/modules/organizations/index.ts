export { OrganizationsModule } from './organizations.module.js';
export { OrganizationsService } from './organizations.service.js';
export { organizationErrors } from './organizations.errors.js';
export { mayAdminister, xcRole, type Role } from './organizations.rules.js';
export { XcOrganizationResponse } from './dto/xc-organization.response.js';
