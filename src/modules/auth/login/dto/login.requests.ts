import { EXISTING_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { OAuthForm, TextField } from '@/platform/validation/index.js';

export const GRANT_TYPES = ['password', 'two_factor', 'refresh_token'] as const;

/**
 * OAuth 2.0 form. `grant_type=two_factor` finishes a login that returned a `temp_token`. Credentials of a client, `scope` and
 * other parameters are ignored.
 */
@OAuthForm()
export class TokenRequest {
  @TextField({ optional: true, max: 64, description: `${GRANT_TYPES.join(', ')}; by default password.` })
  grant_type = 'password';

  @TextField({ optional: true, max: 254, description: 'Username or e-mail address.', example: 'ada' })
  username?: string;

  @TextField({ ...EXISTING_PASSWORD_OPTIONS, optional: true })
  password?: string;

  @TextField({ optional: true, max: 2048, description: 'With `grant_type=two_factor`.' })
  temp_token?: string;

  @TextField({ optional: true, trim: true, max: 64, description: 'With `grant_type=two_factor`.' })
  code?: string;

  @TextField({ optional: true, max: 512, description: 'With `grant_type=refresh_token`.' })
  refresh_token?: string;
}

export class RefreshTokenRequest {
  @TextField({
    optional: true,
    max: 512,
    description: 'Without it, the access token counts.',
  })
  refresh_token?: string;
}
