import { Injectable } from '@nestjs/common';
import { AccessChanges } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { BelongingService } from '../organizations/index.js';
import type { User } from './persistence/user.entity.js';
import { type Credentials, UserRepository } from './persistence/user.repository.js';
import { userErrors } from './users.errors.js';
import { usernameFrom } from './users.rules.js';

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
    private readonly changes: AccessChanges,
    private readonly belonging: BelongingService,
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
    let derived = usernameFrom(account.email);
    while (!(await this.users.insert({ ...user, username: derived }))) {
      derived = usernameFrom(account.email, this.entropy.digits(6));
    }
    return user.id;
  }

  /** By e-mail address or username, as typed at a login. */
  credentials(identifier: string): Promise<Credentials | undefined> {
    return this.users.byLogin(identifier.trim().toLowerCase());
  }

  /** Runs `work` while nobody changes or closes the account; null when its password is not this one any more. */
  holding<T>(userId: string, passwordHash: string, work: () => Promise<T>): Promise<T | null> {
    return this.unitOfWork.run(async () => ((await this.users.hold(userId, passwordHash)) ? work() : null));
  }

  find(userId: string): Promise<User | null> {
    return this.users.find(userId);
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findByEmail(email);
  }

  async homeIn(userId: string, organizationId: OrganizationId): Promise<void> {
    await this.users.update(userId, { home_organization_id: organizationId });
  }

  async leaveHome(userId: string, organizationId: OrganizationId): Promise<void> {
    await this.users.leaveHome(userId, organizationId);
  }

  /** The owner of an account takes it up: from now on its organization may make demands at login. */
  async acceptHome(userId: string): Promise<void> {
    const home = (await this.users.find(userId))?.home_organization_id;
    if (home) await this.belonging.accept(home, userId);
  }

  async loggedIn(userId: string): Promise<void> {
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
    await this.changes.ofUser(userId);
  }

  /** A closed account opens no session and nothing acts for it; see `SessionsService.endAll` for those it has. */
  async setActive(userId: string, isActive: boolean): Promise<void> {
    await this.users.update(userId, { is_active: isActive, updated_at: this.clock.now() });
    await this.changes.ofUser(userId);
  }

  /** Throws `email_taken`. The new address is not verified. */
  async replaceEmail(userId: string, email: string): Promise<void> {
    await this.users.update(userId, { email, email_verified_at: null, updated_at: this.clock.now() });
  }

  async rename(
    userId: string,
    name: { first_name?: string; last_name?: string; phone_number?: string | null },
  ): Promise<void> {
    await this.users.update(userId, { ...name, updated_at: this.clock.now() });
  }

  /** Replaces a hash made with an old cost or pepper, unless the password was changed meanwhile. */
  rehash(userId: string, from: string, to: string): Promise<boolean> {
    return this.users.rehash(userId, from, to);
  }

  /** Notes that the owner controls `email`; nothing happens when the account has another one by now. */
  async verifyEmail(userId: string, email: string): Promise<void> {
    await this.users.verifyEmail(userId, email, this.clock.now());
  }

  /** Throws `email_taken` when somebody else has the address by now. */
  async changeEmail(userId: string, email: string): Promise<void> {
    const now = this.clock.now();
    await this.users.update(userId, { email, email_verified_at: now, updated_at: now });
  }

  async delete(userId: string): Promise<void> {
    await this.users.delete(userId);
    await this.changes.ofUser(userId);
  }
}
