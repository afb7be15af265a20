import { Injectable } from '@nestjs/common';
import {
  organizationErrors,
  PRIMARY_ORGANIZATION_ORDER,
  type XcOrganizationRow,
} from '@/modules/organizations/index.js';
import { StatementBatcher } from '@/platform/concurrency/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';
import { userErrors } from '../users.errors.js';
import { User } from './user.entity.js';

type PrivateColumn = 'password_hash' | 'must_change_password' | 'keys_suspended_at';

/** A user with their second factor and their role in the primary organization, for the Xentree API. */
export interface UserProfileRow extends Omit<User, PrivateColumn | 'email_preferences' | 'accepted_at'> {
  two_factor_method: 'totp' | 'email' | null;
  organization_id: string | null;
  role: 'owner' | 'admin' | 'team_manager' | 'member' | null;
}

/** A user with their primary organization, for the XC API. */
export interface XcUserRow
  extends Omit<UserProfileRow, 'organization_id' | 'public_profile'>, Pick<User, 'email_preferences'> {
  organization: XcOrganizationRow | null;
}

const CONSTRAINTS = {
  users_email_key: userErrors.email_taken,
  users_username_key: userErrors.username_taken,
  users_primary_organization_id_fkey: organizationErrors.organization_not_found,
};

const FROM_USER_WITH_PRIMARY_ORGANIZATION = `FROM users u
  LEFT JOIN second_factors f ON f.user_id = u.id
  LEFT JOIN LATERAL (
    SELECT m.organization_id, m.role FROM memberships m WHERE m.user_id = u.id
    ORDER BY ${PRIMARY_ORGANIZATION_ORDER} LIMIT 1
  ) p ON true`;

const FIND_PROFILES = {
  name: 'users.find_profiles',
  text: `SELECT u.id, u.username, u.email, u.email_verified_at, u.first_name, u.last_name, u.nickname, u.avatar_url,
                u.language, u.timezone, u.public_profile, u.is_active, u.is_first, u.created_at, u.updated_at,
                f.method AS two_factor_method, p.organization_id, p.role
         ${FROM_USER_WITH_PRIMARY_ORGANIZATION} WHERE u.id = ANY($1::uuid[])`,
};

const FIND_XC_USER = {
  name: 'users.find_xc_user',
  text: `SELECT u.*, f.method AS two_factor_method, p.role, to_jsonb(o) AS organization
         ${FROM_USER_WITH_PRIMARY_ORGANIZATION} LEFT JOIN organizations o ON o.id = p.organization_id WHERE u.id = $1`,
};

const INSERT = {
  name: 'users.insert',
  text: `WITH first AS (UPDATE installation SET has_first_user = true WHERE NOT has_first_user RETURNING id)
         INSERT INTO users (id, username, username_is_derived, email, password_hash, first_name, last_name,
                            is_first, accepted_at, created_at, updated_at, public_profile)
         VALUES ($1, $2, $3, $4, $5, $6, $7, EXISTS (SELECT FROM first), $8, $9, $9, NOT $3::boolean)
         ON CONFLICT ON CONSTRAINT users_username_key DO NOTHING RETURNING id`,
};

const FIND_CREDENTIALS = {
  name: 'users.find_credentials',
  text: `SELECT id, email, username, password_hash, is_active, must_change_password FROM users
         WHERE email = $1 OR username = $1`,
};

/**
 * A replaced address stays reserved for its account while the link that restores it is valid. The statement runs after
 * the write of the address, so it also sees a change of address that the write had to wait for.
 */
const IS_RESERVED = {
  name: 'users.is_email_reserved',
  text: `SELECT id FROM mail_tokens
         WHERE purpose = 'revert_email' AND email = $1 AND expires_at > $2 AND user_id IS DISTINCT FROM $3::uuid LIMIT 1`,
};

/** Serializes the changes of one account. */
const LOCK = {
  name: 'users.lock',
  text: 'SELECT * FROM users WHERE id = $1 FOR NO KEY UPDATE',
};

/** Serializes the log-ins of one account with changes of its password, its second factor and its state. */
const LOCK_IF_PASSWORD_MATCHES = {
  name: 'users.lock_if_password_matches',
  text: 'SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND is_active FOR NO KEY UPDATE',
};

export type Credentials = Pick<
  User,
  'id' | 'email' | 'username' | 'password_hash' | 'is_active' | 'must_change_password'
>;

export type NewUser = Pick<
  User,
  | 'id'
  | 'username'
  | 'username_is_derived'
  | 'email'
  | 'password_hash'
  | 'first_name'
  | 'last_name'
  | 'accepted_at'
  | 'created_at'
>;

@Injectable()
export class UserRepository extends RepositoryBase<User> {
  private readonly profileBatcher = new StatementBatcher<string, UserProfileRow | undefined>((ids) =>
    this.findProfiles(ids),
  );

  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, User);
  }

  /** Returns false when the username is taken. Throws `email_taken`. */
  insert(user: NewUser): Promise<boolean> {
    const values = [
      user.id,
      user.username,
      user.username_is_derived,
      user.email,
      user.password_hash,
      user.first_name,
      user.last_name,
      user.accepted_at,
      user.created_at,
    ];
    return mapConstraintErrors(CONSTRAINTS, () => this.affectedOneRow(INSERT, values));
  }

  /** Throws `email_taken`, `username_taken`, `organization_not_found`. */
  async update(id: string, changes: Partial<User>): Promise<void> {
    await mapConstraintErrors(CONSTRAINTS, () => this.rows.update({ id }, changes));
  }

  /** Returns false when the user has already chosen their username. Throws `username_taken`. */
  async changeUsername(id: string, username: string, now: Date): Promise<boolean> {
    const where = { id, username_is_derived: true };
    const change = { username, username_is_derived: false, updated_at: now };
    return (await mapConstraintErrors(CONSTRAINTS, () => this.rows.update(where, change))).affected === 1;
  }

  async replacePasswordHash(id: string, from: string, to: string): Promise<boolean> {
    const changed = await this.rows.update({ id, password_hash: from }, { password_hash: to });
    return changed.affected === 1;
  }

  async markEmailVerified(id: string, email: string, now: Date): Promise<void> {
    await this.rows.update({ id, email }, { email_verified_at: now });
  }

  /** Outside a transaction, concurrent calls share one statement. */
  async findProfile(id: string): Promise<UserProfileRow | undefined> {
    return this.unitOfWork.inTransaction ? (await this.findProfiles([id]))[0] : this.profileBatcher.add(id);
  }

  async findXcUser(id: string): Promise<XcUserRow | undefined> {
    return this.one<XcUserRow>(FIND_XC_USER, [id]);
  }

  /**
   * Locks the account until the transaction of the caller ends. Returns false when the account is deactivated or has
   * another password hash.
   */
  lockIfPasswordMatches(id: string, passwordHash: string): Promise<boolean> {
    return this.affectedOneRow(LOCK_IF_PASSWORD_MATCHES, [id, passwordHash]);
  }

  /** Prefers the account with this e-mail address to another account with this username. */
  async findCredentials(identifier: string): Promise<Credentials | undefined> {
    const found = await this.query<Credentials>(FIND_CREDENTIALS, [identifier]);
    return found.find(({ email }) => email === identifier) ?? found[0];
  }

  find(id: string): Promise<User | null> {
    return this.rows.findOneBy({ id });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.rows.findOneBy({ email });
  }

  /** Returns whether another account than `ownerId` has replaced this address and can still restore it. */
  isEmailReserved(email: string, now: Date, ownerId: string | null): Promise<boolean> {
    return this.affectedOneRow(IS_RESERVED, [email, now, ownerId]);
  }

  /** Locks the account until the transaction of the caller ends, and returns it. */
  lock(id: string): Promise<User | undefined> {
    return this.one<User>(LOCK, [id]);
  }

  async clearHomeOrganization(id: string, organizationId: OrganizationId): Promise<void> {
    await this.rows.update({ id, home_organization_id: organizationId }, { home_organization_id: null });
  }

  async delete(id: string): Promise<void> {
    await this.rows.delete({ id });
  }

  /** Returns the profiles in the order of the ids, which may repeat. */
  private async findProfiles(ids: string[]): Promise<(UserProfileRow | undefined)[]> {
    const rows = await this.query<UserProfileRow>(FIND_PROFILES, [ids]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  }
}
