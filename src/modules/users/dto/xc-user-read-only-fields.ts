import { ReadOnlyField } from '@/platform/validation/index.js';

/** Fields that a client may send back unchanged in an update of a user, and that no update can change. */
export class XcUserReadOnlyFields {
  @ReadOnlyField()
  id?: unknown;

  @ReadOnlyField()
  email_verified?: unknown;

  @ReadOnlyField()
  is_super_admin?: unknown;

  @ReadOnlyField()
  two_factor_enabled?: unknown;

  @ReadOnlyField()
  two_factor_method?: unknown;

  @ReadOnlyField()
  oauth_provider?: unknown;

  @ReadOnlyField()
  created_at?: unknown;

  @ReadOnlyField()
  last_login_at?: unknown;

  @ReadOnlyField()
  organization?: unknown;
}
