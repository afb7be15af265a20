import { organizationErrors, canManageRole, type Role, toXcRole } from '@/modules/organizations/index.js';
import type { DirectoryRow, XcUserResponse } from '@/modules/users/index.js';
import type { OrganizationActor, SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';

/** An owner or admin with a session (not an API key). */
export type Administrator = OrganizationActor & SessionActor;

type TargetUser = Pick<DirectoryRow, 'id' | 'role' | 'home_organization_id' | 'accepted_at'>;

/**
 * Throws `role_insufficient` unless the actor's role is higher than the target's. Owners may also change owners. Only
 * owners may change themselves here.
 */
export function assertOutranks({ userId, organization }: OrganizationActor, target: TargetUser): void {
  const isForbiddenSelf = target.id === userId && organization.role !== 'owner';
  if (isForbiddenSelf || !canManageRole(organization.role, target.role))
    throw organizationErrors.role_insufficient();
}

/** Throws `not_home_organization` unless the actor's organization is the home of the account. */
export function assertHomeOrganization({ organization }: OrganizationActor, target: TargetUser): void {
  if (target.home_organization_id !== organization.id) throw authErrors.not_home_organization();
}

/**
 * Throws `not_home_organization` until the user has accepted the account: the organization must not choose how an
 * account is opened that its user has not seen yet.
 */
export function assertAccepted({ accepted_at }: TargetUser): void {
  if (!accepted_at) throw authErrors.not_home_organization();
}

/** Throws `account_accepted` after the user accepted the account: from then on only the user deletes it. */
export function assertNotAccepted({ accepted_at }: TargetUser): void {
  if (accepted_at) throw authErrors.account_accepted();
}

/**
 * Throws `field_read_only` for the actor's own account: users change this field at `/api/v1/users/me`, which requires
 * the current password or a code.
 */
export function assertNotSelf({ userId }: OrganizationActor, target: TargetUser, field: string): void {
  if (target.id === userId) throw platformErrors.field_read_only({ data: { field } });
}

/**
 * Returns the requested role; undefined if the XC API already shows it. That API shows owners as `admin` and team
 * managers as `member`.
 */
export function changedRole(currentRole: Role, requestedRole: Role | undefined): Role | undefined {
  if (requestedRole === undefined || requestedRole === currentRole) return undefined;
  return requestedRole === toXcRole(currentRole) ? undefined : requestedRole;
}

/** Returns the account fields that a request changes, compared with the values that the API shows. */
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
