import { Injectable } from '@nestjs/common';
import {
  AuditLogService,
  MembershipLifecycle,
  OrganizationAccessService,
  UserOrganizationsService,
} from '@/modules/organizations/index.js';
import { DirectoryService, type DirectoryRow } from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AccountErasureService } from '../account/account-erasure.service.js';
import { assertNotAccepted } from './administration.rules.js';
import { ManagedAccountPolicy } from './managed-account-policy.js';
import { WelcomeMailer } from './provisioning.service.js';

interface LockedAccount {
  actor: OrganizationActor;
  target: DirectoryRow;
}

/** Locks accounts that their users have not accepted yet. */
@Injectable()
export class UnacceptedAccountLock {
  constructor(
    private readonly directory: DirectoryService,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly organizationAccess: OrganizationAccessService,
    private readonly policy: ManagedAccountPolicy,
  ) {}

  /**
   * Locks the organizations of the account and the account, and authorizes the actor again. Its user cannot accept the
   * account until the transaction of the caller ends. Throws `user_not_found`, `role_insufficient`,
   * `not_home_organization`, `account_accepted`.
   */
  async acquire(actor: OrganizationActor, userId: string): Promise<LockedAccount> {
    await this.directory.find(actor, userId);
    await this.userOrganizations.lockAllOrganizations(userId);
    const authorizedActor = await this.organizationAccess.lockAndReauthorize(actor, 'users.manage');
    const target = await this.directory.find(authorizedActor, userId);
    await this.policy.assertMayChange(authorizedActor, target);
    assertNotAccepted(target);
    return { actor: authorizedActor, target };
  }
}

/** What only the home organization of an account does, and only until its user accepts the account. */
@Injectable()
export class UnacceptedAccountService {
  constructor(
    private readonly lock: UnacceptedAccountLock,
    private readonly welcomeMailer: WelcomeMailer,
    private readonly memberships: MembershipLifecycle,
    private readonly erasure: AccountErasureService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Sends a new welcome link in place of the earlier one. Throws 429 after the limit of mails to chosen addresses. */
  async resendWelcome(actor: OrganizationActor, userId: string): Promise<void> {
    this.welcomeMailer.assertConfigured();
    await this.welcomeMailer.sendWithinLimit(actor, () =>
      this.unitOfWork.run(async () => {
        const locked = await this.lock.acquire(actor, userId);
        await this.welcomeMailer.resend(locked.actor, locked.target);
      }),
    );
  }

  /** Deletes the account in every organization. Throws `last_owner`. */
  async delete(actor: OrganizationActor, userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { actor: authorizedActor, target } = await this.lock.acquire(actor, userId);
      const organizationId = authorizedActor.organization.id;
      await this.memberships.end({ organizationId, userId, role: target.role, endedBy: actor.userId });
      await this.erasure.eraseUnaccepted(userId);
      await this.audit.recordFor(authorizedActor, 'user.deleted', { type: 'user', id: userId });
    });
  }
}
