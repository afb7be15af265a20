import { organizationErrors, canManageRole, type Role, toXcRole } from '@/modules/organizations/index.js';
import type { DirectoryRow, XcUserResponse } from '@/modules/users/index.js';
import type { OrganizationActor, SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';

/** An owner or admin, signed in. */
export type Administrator = OrganizationActor & SessionActor;

type TargetUser = Pick<DirectoryRow, 'id' | 'role' | 'home_organization_id'>;

/** Never upwards in role, and of equals only owners; one's own account is not administered but kept. */
export function assertOutranks({ userId, organization }: OrganizationActor, target: TargetUser): void {
  const isForbiddenSelf = target.id === userId && organization.role !== 'owner';
  if (isForbiddenSelf || !canManageRole(organization.role, target.role))
    throw organizationErrors.role_insufficient();
}

export function assertHomeOrganization({ organization }: OrganizationActor, target: TargetUser): void {
  if (target.home_organization_id !== organization.id) throw authErrors.not_home_organization();
}

/** What only its owner changes, at `/api/v1/users/me`, where the present password or a code is asked for. */
export function assertNotSelf({ userId }: OrganizationActor, target: TargetUser, field: string): void {
  if (target.id === userId) throw platformErrors.field_read_only({ data: { field } });
}

/** The role asked for; undefined where the face shows that role already: `admin` is also what an owner is shown as. */
export function changedRole(currentRole: Role, requestedRole: Role | undefined): Role | undefined {
  if (requestedRole === undefined || requestedRole === currentRole) return undefined;
  return requestedRole === toXcRole(currentRole) ? undefined : requestedRole;
}

/** The fields of an account that a request changes, in comparison with what is shown. */
export function changedUserFields(
  request: UpdateUserRequest,
  currentUser: XcUserResponse,
): (keyof UpdateUserRequest)[] {
  const fields = ['email', 'first_name', 'last_name', 'phone_number', 'is_active'] as const;
  const isUnchanged = (field: (typeof fields)[number]): boolean =>
    (request[field] || null) === (currentUser[field] || null);
  const changed = fields.filter((field) => request[field] !== undefined && !isUnchanged(field));
  return request.password === undefined ? changed : [...changed, 'password'];
}
