import { Injectable } from '@nestjs/common';
import { OrganizationAccessService } from '@/modules/organizations/index.js';
import { DirectoryService, type XcUserResponse } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { type Administrator, assertNotSelf } from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';
import { ManagedAccountPolicy } from './managed-account-policy.js';
import { UserUpdateService } from './user-update.service.js';

/** Hashes the password that an administrator sets for a user, before the transaction that stores it. */
@Injectable()
export class ManagedPasswordHasher {
  constructor(
    private readonly directory: DirectoryService,
    private readonly reauthentication: ReauthenticationService,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly policy: ManagedAccountPolicy,
  ) {}

  /** Returns the hash of the new password, or null without one. Checks the permission before it hashes. */
  async hashNewPassword(
    actor: Administrator,
    client: ClientInfo,
    userId: string,
    { password, current_password }: UpdateUserRequest,
  ): Promise<string | null> {
    const target = await this.directory.find(actor, userId);
    if (password !== undefined) {
      assertNotSelf(actor, target, 'password');
      await this.policy.assertMayChangeCredentials(actor, target);
    }
    if (current_password != null) await this.reauthentication.verifyPassword(actor, client, current_password);
    if (password === undefined) return null;
    return this.newPasswordHasher.hash(password, [target.email, target.first_name, target.last_name]);
  }
}

/** Lets administrators change the users of their organization (XC API). */
@Injectable()
export class UserAdministrationService {
  constructor(
    private readonly directory: DirectoryService,
    private readonly userUpdates: UserUpdateService,
    private readonly passwordHasher: ManagedPasswordHasher,
    private readonly organizationAccess: OrganizationAccessService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async update(
    actor: Administrator,
    client: ClientInfo,
    userId: string,
    request: UpdateUserRequest,
  ): Promise<XcUserResponse> {
    const hash = await this.passwordHasher.hashNewPassword(actor, client, userId, request);
    const update = (): Promise<XcUserResponse> =>
      this.unitOfWork.run(async () => {
        const authorizedActor = await this.organizationAccess.lockAndReauthorize(actor, 'users.manage');
        await this.userUpdates.apply(authorizedActor, userId, request, hash);
        return this.directory.read(authorizedActor, userId);
      });
    return this.userUpdates.runWithinMailLimit(actor, userId, request, update);
  }

  /** Removes the second factor of a user who lost it, and ends all sessions of the user. */
  async resetTwoFactor(actor: Administrator, userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const authorizedActor = await this.organizationAccess.lockAndReauthorize(actor, 'users.manage');
      await this.userUpdates.resetTwoFactor(authorizedActor, userId);
    });
  }
}
