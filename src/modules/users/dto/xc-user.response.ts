import { XcOrganizationResponse, toXcRole } from '@/modules/organizations/index.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { XcUserRow } from '../persistence/user.repository.js';

@ApiSchema({ name: 'XcEmailPreferences' })
class XcEmailPreferences {
  @ResponseField('boolean', true)
  usage_billing!: boolean;

  @ResponseField('boolean', true)
  ai_studio!: boolean;

  @ResponseField('boolean', true)
  system_alerts!: boolean;
}

/** A user in the XC API. */
export class XcUserResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'ada@example.com')
  email!: string;

  @ResponseField('string', 'Ada', { nullable: true })
  first_name!: string | null;

  @ResponseField('string', 'Lovelace', { nullable: true })
  last_name!: string | null;

  @ResponseField('string', null, { nullable: true })
  phone_number!: string | null;

  @ResponseField('string', 'admin', { enum: ['admin', 'member'] })
  role!: 'admin' | 'member';

  @ResponseField('boolean', true)
  is_active!: boolean;

  @ResponseField('boolean', false)
  email_verified!: boolean;

  @ResponseField('boolean', false)
  is_super_admin!: boolean;

  @ResponseField('boolean', true)
  two_factor_enabled!: boolean;

  @ResponseField('string', 'totp', { nullable: true, enum: ['totp', 'email'] })
  two_factor_method!: 'totp' | 'email' | null;

  @ResponseField('string', null, { nullable: true })
  oauth_provider!: null;

  @ResponseField(() => XcEmailPreferences)
  email_preferences!: XcEmailPreferences;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField({ nullable: true })
  last_login_at!: string | null;

  @ResponseField(() => XcOrganizationResponse, undefined, { nullable: true })
  organization!: XcOrganizationResponse | null;

  static from(row: XcUserRow, isSuperAdmin: boolean): XcUserResponse {
    return {
      id: row.id,
      email: row.email,
      first_name: row.first_name || null,
      last_name: row.last_name || null,
      phone_number: row.phone_number,
      role: toXcRole(row.role),
      is_active: row.is_active,
      email_verified: row.email_verified_at !== null,
      is_super_admin: isSuperAdmin,
      two_factor_enabled: row.two_factor_method !== null,
      two_factor_method: row.two_factor_method,
      oauth_provider: null,
      email_preferences: {
        usage_billing: true,
        ai_studio: true,
        system_alerts: true,
        ...row.email_preferences,
      },
      created_at: row.created_at.toISOString(),
      last_login_at: row.last_login_at?.toISOString() ?? null,
      organization: row.organization && XcOrganizationResponse.from(row.organization),
    };
  }
}
