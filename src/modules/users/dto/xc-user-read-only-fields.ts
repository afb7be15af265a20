import { ReadOnly } from '@/platform/validation/fields.js';

/** What every update of a person on the XC face may send back and none can change. */
export class XcUserReadOnlyFields {
  @ReadOnly()
  id?: unknown;

  @ReadOnly()
  email_verified?: unknown;

  @ReadOnly()
  is_super_admin?: unknown;

  @ReadOnly()
  two_factor_enabled?: unknown;

  @ReadOnly()
  two_factor_method?: unknown;

  @ReadOnly()
  oauth_provider?: unknown;

  @ReadOnly()
  created_at?: unknown;

  @ReadOnly()
  last_login_at?: unknown;

  @ReadOnly()
  organization?: unknown;
}
