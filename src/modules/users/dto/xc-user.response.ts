import { XcOrganizationResponse, xcRole } from '@/modules/organizations/index.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import type { Account } from '../persistence/user.repository.js';

class XcEmailPreferences {
  @Shows('boolean', true)
  usage_billing!: boolean;

  @Shows('boolean', true)
  ai_studio!: boolean;

  @Shows('boolean', true)
  system_alerts!: boolean;
}

/** A person as the XC face shows them. */
export class XcUserResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'ada@example.com')
  email!: string;

  @Shows('string', 'Ada', { nullable: true })
  first_name!: string | null;

  @Shows('string', 'Lovelace', { nullable: true })
  last_name!: string | null;

  @Shows('string', null, { nullable: true })
  phone_number!: string | null;

  @Shows('string', 'admin', { enum: ['admin', 'member'] })
  role!: 'admin' | 'member';

  @Shows('boolean', true)
  is_active!: boolean;

  @Shows('boolean', false)
  email_verified!: boolean;

  @Shows('boolean', false)
  is_super_admin!: boolean;

  @Shows('boolean', true)
  two_factor_enabled!: boolean;

  @Shows('string', 'totp', { nullable: true, enum: ['totp', 'email'] })
  two_factor_method!: 'totp' | 'email' | null;

  @Shows('string', null, { nullable: true })
  oauth_provider!: null;

  @Shows(() => XcEmailPreferences)
  email_preferences!: XcEmailPreferences;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant({ nullable: true })
  last_login_at!: string | null;

  @Shows(() => XcOrganizationResponse, undefined, { nullable: true })
  organization!: XcOrganizationResponse | null;

  static from(account: Account, isSuperAdmin: boolean): XcUserResponse {
    const { organization } = account;
    return {
      id: account.id,
      email: account.email,
      first_name: account.first_name || null,
      last_name: account.last_name || null,
      phone_number: account.phone_number,
      role: xcRole(account.role),
      is_active: account.is_active,
      email_verified: account.email_verified_at !== null,
      is_super_admin: isSuperAdmin,
      two_factor_enabled: account.two_factor_method !== null,
      two_factor_method: account.two_factor_method,
      oauth_provider: null,
      email_preferences: {
        usage_billing: true,
        ai_studio: true,
        system_alerts: true,
        ...account.email_preferences,
      },
      created_at: account.created_at.toISOString(),
      last_login_at: account.last_login_at?.toISOString() ?? null,
      organization: organization && XcOrganizationResponse.from(organization as never),
    };
  }
}
