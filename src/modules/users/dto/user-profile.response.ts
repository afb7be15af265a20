import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { UserProfileRow } from '../persistence/user.repository.js';
import { joinName } from '../users.rules.js';

@ApiSchema({ name: 'UserProfile' })
export class UserProfileResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'ada@example.com')
  email!: string;

  @ResponseField('boolean', false)
  email_verified!: boolean;

  @ResponseField('string', 'Ada Lovelace', { nullable: true })
  full_name!: string | null;

  @ResponseField('string', 'Ada', { nullable: true })
  nickname!: string | null;

  @ResponseField('string', null, { nullable: true })
  avatar_url!: string | null;

  @ResponseField('string', 'member', {
    enum: ['owner', 'admin', 'team_manager', 'member'],
    description: 'The role in the primary organization; `member` without an organization.',
  })
  role!: string;

  @ResponseField('boolean', false, { description: 'Whether the user operates this installation.' })
  is_super_admin!: boolean;

  @ResponseField('string', 'en')
  language!: string;

  @ResponseField('string', 'Europe/Berlin')
  timezone!: string;

  @ResponseField('boolean', true, { description: 'Whether every client may read your public profile.' })
  public_profile!: boolean;

  @ResponseIdField({ nullable: true, description: 'The primary organization.' })
  organization_id!: string | null;

  @ResponseField('boolean', true)
  is_active!: boolean;

  @ResponseField('boolean', false)
  two_factor_enabled!: boolean;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: UserProfileRow, isSuperAdmin: boolean): UserProfileResponse {
    return {
      id: row.id,
      username: row.username,
      email: row.email,
      email_verified: row.email_verified_at !== null,
      full_name: joinName(row.first_name, row.last_name),
      nickname: row.nickname,
      avatar_url: row.avatar_url,
      role: row.role ?? 'member',
      is_super_admin: isSuperAdmin,
      language: row.language,
      timezone: row.timezone,
      public_profile: row.public_profile,
      organization_id: row.organization_id,
      is_active: row.is_active,
      two_factor_enabled: row.two_factor_method !== null,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}
