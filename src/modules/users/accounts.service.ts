import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { UserOrganizationsService } from '../organizations/index.js';
import type { User } from './persistence/user.entity.js';
import { type Credentials, type NewUser, UserRepository } from './persistence/user.repository.js';
import { userErrors } from './users.errors.js';
import { deriveUsername } from './users.rules.js';

export interface NewAccount {
  /** Derived from the address when absent. */
  username?: string;
  email: string;
  /** Null until the user sets a password. */
  password_hash: string | null;
  first_name: string;
  last_name: string;
  /** False for an account that an organization creates: its user has not seen it yet. */
  accepted: boolean;
}

/** Creates, reads and changes accounts, for the module that authenticates users. */
@Injectable()
export class AccountsService {
  private readonly erasureHandlers: ((userId: string) => Promise<void>)[] = [];

  constructor(
    private readonly users: UserRepository,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Creates an account in the transaction of the caller. Throws `email_taken`, `username_taken`. */
  async create({ username, accepted, ...account }: NewAccount): Promise<string> {
    const now = this.clock.now();
    const user = {
      ...account,
      id: newId(),
      username_is_derived: username === undefined,
      accepted_at: accepted ? now : null,
      created_at: now,
    };
    if (username === undefined) await this.insertWithDerivedUsername(user);
    else if (!(await this.users.insert({ ...user, username }))) throw userErrors.username_taken();
    await this.assertEmailNotReserved(account.email, user.id);
    return user.id;
  }

  /** Finds an account by the e-mail address or username that the user typed at log-in. */
  findCredentials(identifier: string): Promise<Credentials | undefined> {
    return this.users.findCredentials(identifier.trim().toLowerCase());
  }

  /**
   * Runs `work` in a transaction that locks the account against changes. Returns null without running it when the
   * account is deactivated or its password hash is no longer `passwordHash`.
   */
  withLockedAccount<T>(userId: string, passwordHash: string, work: () => Promise<T>): Promise<T | null> {
    return this.unitOfWork.run(async () =>
      (await this.users.lockIfPasswordMatches(userId, passwordHash)) ? work() : null,
    );
  }

  find(userId: string): Promise<User | null> {
    return this.users.find(userId);
  }

  /** Locks the account until the transaction of the caller ends. Throws `token_invalid` when it was deleted. */
  async lock(userId: string): Promise<User> {
    const user = await this.users.lock(userId);
    if (!user) throw platformErrors.token_invalid();
    return user;
  }

  /** Returns whether the address belongs to another account, or is reserved for one that can still restore it. */
  async isEmailTaken(email: string, userId: string | null): Promise<boolean> {
    const holder = await this.users.findByEmail(email);
    return (
      (holder !== null && holder.id !== userId) ||
      (await this.users.isEmailReserved(email, this.clock.now(), userId))
    );
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findByEmail(email);
  }

  async setHomeOrganization(userId: string, organizationId: OrganizationId): Promise<void> {
    await this.users.update(userId, { home_organization_id: organizationId });
  }

  async clearHomeOrganization(userId: string, organizationId: OrganizationId): Promise<void> {
    await this.users.clearHomeOrganization(userId, organizationId);
  }

  /** Marks that the user took possession of an account that an organization created. */
  async markAccepted({ id, accepted_at }: User): Promise<void> {
    if (!accepted_at) await this.users.update(id, { accepted_at: this.clock.now() });
  }

  /** Marks that the user joined the home organization: it may require a second factor at log-in from now on. */
  async markHomeOrganizationSelfJoined({ id, home_organization_id }: User): Promise<void> {
    if (home_organization_id) await this.userOrganizations.markSelfJoined(home_organization_id, id);
  }

  /** Ends the management of the account by its home organization. */
  async dropHomeOrganization(userId: string): Promise<void> {
    await this.users.update(userId, { home_organization_id: null });
  }

  async recordLogin(userId: string): Promise<void> {
    await this.users.update(userId, { last_login_at: this.clock.now() });
  }

  /** With `mustChange` the user must replace this password before they get a session. */
  async setPassword(userId: string, hash: string, { mustChange = false } = {}): Promise<void> {
    await this.users.update(userId, {
      password_hash: hash,
      must_change_password: mustChange,
      updated_at: this.clock.now(),
    });
  }

  /** Suspends all API keys and integration grants that the user has created until now. */
  async suspendKeys(userId: string): Promise<void> {
    await this.users.update(userId, { keys_suspended_at: this.clock.now() });
    await this.accessChanges.publishUserChange(userId);
  }

  /** A deactivated account cannot log in and its API keys fail. Existing sessions end with `SessionsService.endAll`. */
  async setActive(userId: string, isActive: boolean): Promise<void> {
    await this.users.update(userId, { is_active: isActive, updated_at: this.clock.now() });
    await this.accessChanges.publishUserChange(userId);
  }

  /** Sets an address that the user has not verified. Throws `email_taken`. */
  async setUnverifiedEmail(userId: string, email: string): Promise<void> {
    await this.setEmail(userId, email, null);
  }

  async updateContactDetails(
    userId: string,
    details: { first_name?: string; last_name?: string; phone_number?: string | null },
  ): Promise<void> {
    await this.users.update(userId, { ...details, updated_at: this.clock.now() });
  }

  /** Replaces an outdated hash of the same password. Returns false when the password changed concurrently. */
  replacePasswordHash(userId: string, from: string, to: string): Promise<boolean> {
    return this.users.replacePasswordHash(userId, from, to);
  }

  /** Marks `email` as verified. Has no effect when the account has another address now. */
  async markEmailVerified(userId: string, email: string): Promise<void> {
    await this.users.markEmailVerified(userId, email, this.clock.now());
  }

  /** Sets an address that the user has verified. Throws `email_taken`. */
  async setVerifiedEmail(userId: string, email: string): Promise<void> {
    await this.setEmail(userId, email, this.clock.now());
  }

  /** Restores an address in the state in which the account replaced it. */
  async restoreEmail(userId: string, email: string, verifiedAt: Date | null): Promise<void> {
    await this.setEmail(userId, email, verifiedAt);
  }

  /** Registers what a module does, in the same transaction, before an account is deleted; foreign keys delete its rows. */
  onErasure(handler: (userId: string) => Promise<void>): void {
    this.erasureHandlers.push(handler);
  }

  /** Deletes the account in the transaction of the caller. It is locked before other modules look at it. */
  async delete(userId: string): Promise<void> {
    await this.users.lock(userId);
    for (const handler of this.erasureHandlers) await handler(userId);
    await this.users.delete(userId);
    await this.accessChanges.publishUserChange(userId);
  }

  private async setEmail(userId: string, email: string, verifiedAt: Date | null): Promise<void> {
    await this.users.update(userId, { email, email_verified_at: verifiedAt, updated_at: this.clock.now() });
    await this.assertEmailNotReserved(email, userId);
  }

  /** Throws `email_taken`. Runs after the write of the address; see `UserRepository.isEmailReserved`. */
  private async assertEmailNotReserved(email: string, userId: string): Promise<void> {
    if (await this.users.isEmailReserved(email, this.clock.now(), userId)) throw userErrors.email_taken();
  }

  private async insertWithDerivedUsername(user: Omit<NewUser, 'username'>): Promise<void> {
    let username = deriveUsername(user.email);
    while (!(await this.users.insert({ ...user, username })))
      username = deriveUsername(user.email, this.entropy.digits(6));
  }
}
