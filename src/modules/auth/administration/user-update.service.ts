import { Injectable } from '@nestjs/common';
import {
  AuditLogService,
  canGrantRole,
  MembershipLifecycle,
  organizationErrors,
  type Role,
} from '@/modules/organizations/index.js';
import { type DirectoryRow, DirectoryService } from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import {
  assertHomeOrganization,
  assertNotSelf,
  assertOutranks,
  changedUserFields,
  changedRole,
} from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';
import { ManagedAccountService } from './managed-account.service.js';

/** Checks and applies an update of a user. Runs in the caller's transaction. */
@Injectable()
export class UserUpdateService {
  constructor(
    private readonly directory: DirectoryService,
    private readonly memberships: MembershipLifecycle,
    private readonly managedAccounts: ManagedAccountService,
    private readonly audit: AuditLogService,
  ) {}

  /** Any organization of the user may change the role there; only the home organization changes the account. */
  async apply(
    actor: OrganizationActor,
    userId: string,
    request: UpdateUserRequest,
    hash: string | null,
  ): Promise<void> {
    const target = await this.directory.find(actor, userId);
    const currentUser = await this.directory.read(actor, userId);
    assertUnchanged(request, currentUser);
    const role = changedRole(target.role, request.role);
    const fields = changedUserFields(request, currentUser);
    if (role === undefined && fields.length === 0) return;
    assertOutranks(actor, target);
    if (role !== undefined) await this.changeRole(actor, target, role);
    if (fields.length > 0) await this.changeAccount(actor, target, { request, fields, hash });
  }

  /** Records in the audit log that an administrator reset the second factor of a user. */
  async recordTwoFactorReset(actor: OrganizationActor, userId: string): Promise<void> {
    await this.audit.recordFor(actor, 'user.two_factor_reset', { type: 'user', id: userId });
  }

  private async changeRole(
    actor: OrganizationActor,
    { id, role: from }: DirectoryRow,
    to: Role,
  ): Promise<void> {
    if (!canGrantRole(actor.organization.role, to)) throw organizationErrors.role_insufficient();
    await this.memberships.changeRole(actor.organization.id, id, from, to);
    await this.audit.recordFor(actor, 'member.role_changed', { type: 'user', id }, { from, to });
  }

  private async changeAccount(
    actor: OrganizationActor,
    target: DirectoryRow,
    change: { request: UpdateUserRequest; fields: (keyof UpdateUserRequest)[]; hash: string | null },
  ): Promise<void> {
    const { request, fields, hash } = change;
    const { email, is_active } = request;
    assertHomeOrganization(actor, target);
    await this.managedAccounts.updateContactDetails(target.id, request);
    if (fields.includes('email') && email !== undefined) {
      assertNotSelf(actor, target, 'email');
      await this.managedAccounts.setEmail(target.id, email);
    }
    if (hash) await this.managedAccounts.setPassword(target.id, hash);
    if (fields.includes('is_active') && is_active !== undefined) {
      if (!is_active && target.role === 'owner')
        await this.memberships.assertOtherOwner(actor.organization.id, target.id);
      await this.managedAccounts.setActive(target.id, is_active);
    }
    await this.audit.recordFor(actor, 'user.updated', { type: 'user', id: target.id }, { fields });
  }
}
