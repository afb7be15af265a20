import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import type { Profile } from '../persistence/user.repository.js';
import { joinName } from '../users.rules.js';

@ApiSchema({ name: 'UserProfile' })
export class UserProfileResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'ada')
  username!: string;

  @Shows('string', 'ada@example.com')
  email!: string;

  @Shows('boolean', false)
  email_verified!: boolean;

  @Shows('string', 'Ada Lovelace', { nullable: true })
  full_name!: string | null;

  @Shows('string', 'Ada', { nullable: true })
  nickname!: string | null;

  @Shows('string', null, { nullable: true })
  avatar_url!: string | null;

  @Shows('string', 'member', {
    enum: ['owner', 'admin', 'team_manager', 'member'],
    description: 'In the primary organization; `member` without one.',
  })
  role!: string;

  @Shows('boolean', false, { description: 'Operates this installation.' })
  is_super_admin!: boolean;

  @Shows('string', 'en')
  language!: string;

  @Shows('string', 'Europe/Berlin')
  timezone!: string;

  @ShowsId({ nullable: true, description: 'The primary organization.' })
  organization_id!: string | null;

  @Shows('boolean', true)
  is_active!: boolean;

  @Shows('boolean', false)
  two_factor_enabled!: boolean;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant()
  updated_at!: string;

  static from(account: Profile, isSuperAdmin: boolean): UserProfileResponse {
    return {
      id: account.id,
      username: account.username,
      email: account.email,
      email_verified: account.email_verified_at !== null,
      full_name: joinName(account.first_name, account.last_name),
      nickname: account.nickname,
      avatar_url: account.avatar_url,
      role: account.role ?? 'member',
      is_super_admin: isSuperAdmin,
      language: account.language,
      timezone: account.timezone,
      organization_id: account.organization_id,
      is_active: account.is_active,
      two_factor_enabled: account.two_factor_method !== null,
      created_at: account.created_at.toISOString(),
      updated_at: account.updated_at.toISOString(),
    };
  }
}
