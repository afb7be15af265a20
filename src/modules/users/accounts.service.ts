import { Injectable } from '@nestjs/common';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { UserOrganizationsService } from '../organizations/index.js';
import type { User } from './persistence/user.entity.js';
import { type Credentials, UserRepository } from './persistence/user.repository.js';
import { userErrors } from './users.errors.js';
import { deriveUsername } from './users.rules.js';

export interface NewAccount {
  /** Absent: derived from the address. */
  username?: string;
  email: string;
  /** Null until its owner has set one. */
  password_hash: string | null;
  first_name: string;
  last_name: string;
}

/** The account store, for the module that decides who somebody is. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UserRepository,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Adds an account inside the caller's unit of work. Throws `email_taken`, `username_taken`. */
  async create({ username, ...account }: NewAccount): Promise<string> {
    const user = {
      ...account,
      id: newId(),
      username_is_derived: username === undefined,
      created_at: this.clock.now(),
    };
    if (username !== undefined) {
      if (!(await this.users.insert({ ...user, username }))) throw userErrors.username_taken();
      return user.id;
    }
    let derivedUsername = deriveUsername(account.email);
    while (!(await this.users.insert({ ...user, username: derivedUsername }))) {
      derivedUsername = deriveUsername(account.email, this.entropy.digits(6));
    }
    return user.id;
  }

  /** By e-mail address or username, as typed at a login. */
  findCredentials(identifier: string): Promise<Credentials | undefined> {
    return this.users.findCredentials(identifier.trim().toLowerCase());
  }

  /** Runs `work` while nobody changes or closes the account; null when its password is not this one any more. */
  withLockedAccount<T>(userId: string, passwordHash: string, work: () => Promise<T>): Promise<T | null> {
    return this.unitOfWork.run(async () =>
      (await this.users.lockIfPasswordMatches(userId, passwordHash)) ? work() : null,
    );
  }

  find(userId: string): Promise<User | null> {
    return this.users.find(userId);
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

  /** The owner of an account takes it up: from now on its organization may make demands at login. */
  async markHomeOrganizationSelfJoined(userId: string): Promise<void> {
    const homeOrganizationId = (await this.users.find(userId))?.home_organization_id;
    if (homeOrganizationId) await this.userOrganizations.markSelfJoined(homeOrganizationId, userId);
  }

  async recordLogin(userId: string): Promise<void> {
    await this.users.update(userId, { last_login_at: this.clock.now() });
  }

  /** `mustChange`: set by somebody else, so that its owner must replace it before it opens a session. */
  async setPassword(userId: string, hash: string, { mustChange = false } = {}): Promise<void> {
    const change = { password_hash: hash, must_change_password: mustChange };
    await this.users.update(userId, { ...change, updated_at: this.clock.now() });
  }

  /** API keys and grants made until now stand still. */
  async suspendKeys(userId: string): Promise<void> {
    await this.users.update(userId, { keys_suspended_at: this.clock.now() });
    await this.accessChanges.publishUserChange(userId);
  }

  /** A closed account opens no session and nothing acts for it; see `SessionsService.endAll` for those it has. */
  async setActive(userId: string, isActive: boolean): Promise<void> {
    await this.users.update(userId, { is_active: isActive, updated_at: this.clock.now() });
    await this.accessChanges.publishUserChange(userId);
  }

  /** Throws `email_taken`. The new address is not verified. */
  async setUnverifiedEmail(userId: string, email: string): Promise<void> {
    await this.users.update(userId, { email, email_verified_at: null, updated_at: this.clock.now() });
  }

  async updateContactDetails(
    userId: string,
    details: { first_name?: string; last_name?: string; phone_number?: string | null },
  ): Promise<void> {
    await this.users.update(userId, { ...details, updated_at: this.clock.now() });
  }

  /** Replaces a hash made with an old cost or pepper, unless the password was changed meanwhile. */
  replacePasswordHash(userId: string, from: string, to: string): Promise<boolean> {
    return this.users.replacePasswordHash(userId, from, to);
  }

  /** Notes that the owner controls `email`; nothing happens when the account has another one by now. */
  async markEmailVerified(userId: string, email: string): Promise<void> {
    await this.users.markEmailVerified(userId, email, this.clock.now());
  }

  /** Throws `email_taken` when somebody else has the address by now. */
  async setVerifiedEmail(userId: string, email: string): Promise<void> {
    const now = this.clock.now();
    await this.users.update(userId, { email, email_verified_at: now, updated_at: now });
  }

  async delete(userId: string): Promise<void> {
    await this.users.delete(userId);
    await this.accessChanges.publishUserChange(userId);
  }
}
