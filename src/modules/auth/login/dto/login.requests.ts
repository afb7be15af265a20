import { EXISTING_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { EnumField, TextField } from '@/platform/validation/index.js';

/** OAuth 2.0 password form. `grant_type=two_factor` finishes a login that returned a `temp_token`. */
export class TokenRequest {
  @EnumField(['password', 'two_factor'], { optional: true, hint: true })
  grant_type: 'password' | 'two_factor' = 'password';

  @TextField({ optional: true, max: 254, description: 'Username or e-mail address.', example: 'ada' })
  username?: string;

  @TextField({ ...EXISTING_PASSWORD_OPTIONS, optional: true })
  password?: string;

  @TextField({ optional: true, max: 2048, description: 'With `grant_type=two_factor`.' })
  temp_token?: string;

  @TextField({ optional: true, trim: true, max: 64, description: 'With `grant_type=two_factor`.' })
  code?: string;

  @TextField({ optional: true, min: 0, max: 1024, description: 'Ignored.' })
  scope?: string;

  @TextField({ optional: true, min: 0, max: 1024, description: 'Ignored.' })
  client_id?: string;

  @TextField({ optional: true, min: 0, max: 1024, description: 'Ignored.' })
  client_secret?: string;
}

export class LoginRequest {
  @TextField({ trim: true, max: 254, example: 'ada@example.com' })
  email!: string;

  @TextField(EXISTING_PASSWORD_OPTIONS)
  password!: string;
}

export class RefreshTokenRequest {
  @TextField({
    optional: true,
    max: 512,
    description: 'Without it, the access token counts.',
  })
  refresh_token?: string;
}
