import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';
import { userErrors } from '../users.errors.js';
import { User } from './user.entity.js';

/** A person with what the Xentree face shows around them. */
type PrivateColumn = 'password_hash' | 'must_change_password' | 'keys_suspended_at';

export interface UserProfileRow extends Omit<User, PrivateColumn | 'email_preferences'> {
  two_factor_method: 'totp' | 'email' | null;
  organization_id: string | null;
  role: 'owner' | 'admin' | 'team_manager' | 'member' | null;
}

/** The same with the whole organization, for the XC face. */
export interface XcUserRow extends UserProfileRow, Pick<User, 'email_preferences'> {
  organization: object | null;
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
    ORDER BY (m.organization_id = u.primary_organization_id) DESC NULLS LAST,
             (m.organization_id = u.home_organization_id) DESC NULLS LAST, m.joined_at, m.id
    LIMIT 1
  ) p ON true`;

const FIND_PROFILE = {
  name: 'users.profile',
  text: `SELECT u.id, u.username, u.email, u.email_verified_at, u.first_name, u.last_name, u.nickname, u.avatar_url,
                u.language, u.timezone, u.is_active, u.is_first, u.created_at, u.updated_at,
                f.method AS two_factor_method, p.organization_id, p.role
         ${FROM_USER_WITH_PRIMARY_ORGANIZATION} WHERE u.id = $1`,
};

const FIND_XC_USER = {
  name: 'users.account',
  text: `SELECT u.*, f.method AS two_factor_method, p.organization_id, p.role, to_jsonb(o) AS organization
         ${FROM_USER_WITH_PRIMARY_ORGANIZATION} LEFT JOIN organizations o ON o.id = p.organization_id WHERE u.id = $1`,
};

const INSERT = {
  name: 'users.insert',
  text: `WITH first AS (UPDATE installation SET has_first_user = true WHERE NOT has_first_user RETURNING id)
         INSERT INTO users (id, username, username_is_derived, email, password_hash, first_name, last_name,
                            is_first, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, EXISTS (SELECT FROM first), $8, $8)
         ON CONFLICT ON CONSTRAINT users_username_key DO NOTHING RETURNING id`,
};

const FIND_CREDENTIALS = {
  name: 'users.by_login',
  text: `SELECT id, email, username, password_hash, is_active, must_change_password FROM users
         WHERE email = $1 OR username = $1`,
};

/** Logins of one account follow each other; whoever changes its password, factor or state waits, or is waited for. */
const LOCK_IF_PASSWORD_MATCHES = {
  name: 'users.hold',
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
  | 'created_at'
>;

@Injectable()
export class UserRepository extends RepositoryBase<User> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, User);
  }

  /** False when the username is taken; a taken address throws `email_taken`. */
  insert(user: NewUser): Promise<boolean> {
    const { id, username, username_is_derived, email, password_hash, first_name, last_name, created_at } =
      user;
    const values = [
      id,
      username,
      username_is_derived,
      email,
      password_hash,
      first_name,
      last_name,
      created_at,
    ];
    return mapConstraintErrors(CONSTRAINTS, () => this.affectedOneRow(INSERT, values));
  }

  async update(id: string, changes: Partial<User>): Promise<void> {
    await mapConstraintErrors(CONSTRAINTS, () => this.rows.update({ id }, changes));
  }

  /** Renames once: false when the name was already chosen by its owner. */
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

  async findProfile(id: string): Promise<UserProfileRow | undefined> {
    return this.one<UserProfileRow>(FIND_PROFILE, [id]);
  }

  async findXcUser(id: string): Promise<XcUserRow | undefined> {
    return this.one<XcUserRow>(FIND_XC_USER, [id]);
  }

  /** Inside a unit of work: keeps the account as it is until that ends; false when it has changed already. */
  lockIfPasswordMatches(id: string, passwordHash: string): Promise<boolean> {
    return this.affectedOneRow(LOCK_IF_PASSWORD_MATCHES, [id, passwordHash]);
  }

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

  async clearHomeOrganization(id: string, organizationId: OrganizationId): Promise<void> {
    await this.rows.update({ id, home_organization_id: organizationId }, { home_organization_id: null });
  }

  async delete(id: string): Promise<void> {
    await this.rows.delete({ id });
  }
}
