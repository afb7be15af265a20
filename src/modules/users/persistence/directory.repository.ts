import { Injectable } from '@nestjs/common';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineSizedKeyset, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { User } from './user.entity.js';

/** A user as a member of one organization, without the columns that only authentication may read. */
export type DirectoryRow = Omit<
  User,
  'password_hash' | 'must_change_password' | 'keys_suspended_at' | 'public_profile'
> & {
  two_factor_method: 'totp' | 'email' | null;
  role: Role;
};

const COLUMNS = `u.id, u.username, u.email, u.email_verified_at, u.first_name, u.last_name, u.nickname, u.avatar_url,
  u.phone_number, u.language, u.timezone, u.email_preferences, u.is_active, u.is_first, u.home_organization_id,
  u.accepted_at, u.last_login_at, u.created_at, u.updated_at, f.method AS two_factor_method, m.role
  FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN second_factors f ON f.user_id = m.user_id`;

const LIST = defineSizedKeyset('directory.list', 'm.user_id < $3::uuid', {
  bytes: `coalesce(octet_length(p.avatar_url), 0) + octet_length(p.email_preferences::text)`,
  text: (after) => `SELECT ${COLUMNS} WHERE m.organization_id = $1 ${after} ORDER BY m.user_id DESC LIMIT $2`,
});

const FIND = {
  name: 'directory.find',
  text: `SELECT ${COLUMNS} WHERE m.organization_id = $1 AND m.user_id = $2`,
};

/** The users of one organization. Every method takes the organization id first. */
@Injectable()
export class DirectoryRepository extends RepositoryBase<User> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, User);
  }

  list(organizationId: OrganizationId, window: PageWindow<string>): Promise<DirectoryRow[]> {
    return this.page<DirectoryRow, string>(LIST, [organizationId], window);
  }

  async find(organizationId: OrganizationId, userId: string): Promise<DirectoryRow | undefined> {
    return this.one<DirectoryRow>(FIND, [organizationId, userId]);
  }
}
