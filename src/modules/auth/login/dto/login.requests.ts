import { UsernameField } from '@/modules/users/index.js';
import { EnumField, EmailField, NameField, TextField } from '@/platform/validation/fields.js';

const NEW_PASSWORD_OPTIONS = { min: 8, max: 128, example: 'otters juggle nine lanterns' };
const EXISTING_PASSWORD_OPTIONS = { max: 1024, example: 'otters juggle nine lanterns' };

export class RegisterRequest {
  @UsernameField()
  username!: string;

  @EmailField()
  email!: string;

  @TextField(NEW_PASSWORD_OPTIONS)
  password!: string;

  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 241, example: 'Ada Lovelace' })
  full_name?: string | null;

  @TextField({
    optional: true,
    min: 0,
    max: 4096,
    description: 'The captcha answer, where this server asks for one.',
  })
  turnstile_token = '';
}

export class XcRegisterRequest {
  @EmailField()
  email!: string;

  @TextField(NEW_PASSWORD_OPTIONS)
  password!: string;

  @NameField({ max: 120, example: 'Acme Learning' })
  company_name!: string;

  @TextField({ optional: true, trim: true, min: 0, max: 120, example: 'Ada' })
  first_name = '';

  @TextField({ optional: true, trim: true, min: 0, max: 120, example: 'Lovelace' })
  last_name = '';

  @TextField({
    optional: true,
    min: 0,
    max: 4096,
    description: 'The captcha answer, where this server asks for one.',
  })
  turnstile_token = '';
}

/** OAuth 2.0 password form; `grant_type=two_factor` finishes a login that was answered with a `temp_token`. */
export class TokenRequest {
  @EnumField(['password', 'two_factor'], { optional: true, example: 'password' })
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
    description: 'Without it, the bearer is renewed.',
    example: 'xr_AX9...',
  })
  refresh_token?: string;
}

export class AddressRequest {
  @EmailField()
  email!: string;
}

export class ResendVerificationRequest {
  @EmailField({ optional: true, description: 'Not needed when signed in.' })
  email?: string;
}

export class MailTokenRequest {
  @TextField({ max: 512, description: 'From the link in the mail.', example: 'k4J0…' })
  token!: string;
}

export class ResetPasswordRequest extends MailTokenRequest {
  @TextField(NEW_PASSWORD_OPTIONS)
  password!: string;
}

export class ChangeEmailRequest {
  @EmailField()
  email!: string;

  @TextField(EXISTING_PASSWORD_OPTIONS)
  password!: string;
}

export class EraseAccountRequest {
  @TextField(EXISTING_PASSWORD_OPTIONS)
  password!: string;

  @TextField({
    optional: true,
    trim: true,
    max: 64,
    description: 'Needed with two-factor authentication.',
    example: '123456',
  })
  code?: string;
}
