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
import { ChosenAddressLimiter } from '@/platform/mail/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { assertNotSelf, assertOutranks, changedUserFields, changedRole } from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';
import { ManagedAccountPolicy } from './managed-account-policy.js';
import { ManagedAccountService } from './managed-account.service.js';

/** Checks and applies an update of a user. Runs in the caller's transaction. */
@Injectable()
export class UserUpdateService {
  constructor(
    private readonly directory: DirectoryService,
    private readonly memberships: MembershipLifecycle,
    private readonly managedAccounts: ManagedAccountService,
    private readonly policy: ManagedAccountPolicy,
    private readonly audit: AuditLogService,
    private readonly chosenAddresses: ChosenAddressLimiter,
  ) {}

  /** Runs an update. Throws 429 if it sends mail to a new address and the limit of mails to chosen addresses is reached. */
  async runWithinMailLimit<T>(
    actor: OrganizationActor,
    userId: string,
    { email }: UpdateUserRequest,
    update: () => Promise<T>,
  ): Promise<T> {
    const target = await this.directory.find(actor, userId);
    if (email === undefined || email === target.email) return update();
    const chooser = { userId: actor.userId, organizationId: actor.organization.id };
    return this.chosenAddresses.count(chooser, update);
  }

  /** Any organization of the user may change the role there; only the home organization changes the account. */
  async apply(
    actor: OrganizationActor,
    userId: string,
    request: UpdateUserRequest,
    hash: string | null,
  ): Promise<void> {
    const target = await this.lockTarget(actor, userId);
    const currentUser = await this.directory.read(actor, userId);
    assertUnchanged(request, currentUser);
    const role = changedRole(target.role, request.role);
    const fields = changedUserFields(request, currentUser);
    if (role === undefined && fields.length === 0) return;
    assertOutranks(actor, target);
    if (role !== undefined) await this.changeRole(actor, target, role);
    if (fields.length > 0) await this.changeAccount(actor, target, { request, fields, hash });
  }

  /** Removes the second factor of a user who lost it, and ends all sessions. */
  async resetTwoFactor(actor: OrganizationActor, userId: string): Promise<void> {
    const target = await this.lockTarget(actor, userId);
    assertNotSelf(actor, target, 'two_factor_method');
    await this.policy.assertMayChangeCredentials(actor, target);
    await this.managedAccounts.resetTwoFactor(userId);
    await this.audit.recordFor(actor, 'user.two_factor_reset', { type: 'user', id: userId });
  }

  /**
   * Locks the account and reads it afterwards: a concurrent transaction may drop the home organization or make the user
   * an operator. Throws `user_not_found`.
   */
  private async lockTarget(actor: OrganizationActor, userId: string): Promise<DirectoryRow> {
    await this.directory.find(actor, userId);
    await this.managedAccounts.lock(userId);
    return this.directory.find(actor, userId);
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
    await (hash
      ? this.policy.assertMayChangeCredentials(actor, target)
      : this.policy.assertMayChange(actor, target));
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
