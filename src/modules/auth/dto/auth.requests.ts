import { Username } from '@/modules/users/index.js';
import { Choice, EmailAddress, Name, Text } from '@/platform/validation/fields.js';

const PASSWORD = { min: 8, max: 128, example: 'otters juggle nine lanterns' };
const GIVEN_PASSWORD = { max: 1024, example: 'otters juggle nine lanterns' };

export class RegisterRequest {
  @Username()
  username!: string;

  @EmailAddress()
  email!: string;

  @Text(PASSWORD)
  password!: string;

  @Text({ optional: true, nullable: true, trim: true, min: 0, max: 241, example: 'Ada Lovelace' })
  full_name?: string | null;

  @Text({
    optional: true,
    min: 0,
    max: 4096,
    description: 'The captcha answer, where this server asks for one.',
  })
  turnstile_token = '';
}

export class XcRegisterRequest {
  @EmailAddress()
  email!: string;

  @Text(PASSWORD)
  password!: string;

  @Name({ max: 120, example: 'Acme Learning' })
  company_name!: string;

  @Text({ optional: true, trim: true, min: 0, max: 120, example: 'Ada' })
  first_name = '';

  @Text({ optional: true, trim: true, min: 0, max: 120, example: 'Lovelace' })
  last_name = '';

  @Text({
    optional: true,
    min: 0,
    max: 4096,
    description: 'The captcha answer, where this server asks for one.',
  })
  turnstile_token = '';
}

/** OAuth 2.0 password form; `grant_type=two_factor` finishes a login that was answered with a `temp_token`. */
export class TokenRequest {
  @Choice(['password', 'two_factor'], { optional: true, example: 'password' })
  grant_type: 'password' | 'two_factor' = 'password';

  @Text({ optional: true, max: 254, description: 'Username or e-mail address.', example: 'ada' })
  username?: string;

  @Text({ ...GIVEN_PASSWORD, optional: true })
  password?: string;

  @Text({ optional: true, max: 2048, description: 'With `grant_type=two_factor`.' })
  temp_token?: string;

  @Text({ optional: true, trim: true, max: 64, description: 'With `grant_type=two_factor`.' })
  code?: string;

  @Text({ optional: true, min: 0, max: 1024, description: 'Ignored.' })
  scope?: string;

  @Text({ optional: true, min: 0, max: 1024, description: 'Ignored.' })
  client_id?: string;

  @Text({ optional: true, min: 0, max: 1024, description: 'Ignored.' })
  client_secret?: string;
}

export class LoginRequest {
  @Text({ trim: true, max: 254, example: 'ada@example.com' })
  email!: string;

  @Text(GIVEN_PASSWORD)
  password!: string;
}

export class RefreshTokenRequest {
  @Text({ optional: true, max: 512, description: 'Without it, the bearer is renewed.', example: 'xr_AX9...' })
  refresh_token?: string;
}

export class AddressRequest {
  @EmailAddress()
  email!: string;
}

export class ResendVerificationRequest {
  @EmailAddress({ optional: true, description: 'Not needed when signed in.' })
  email?: string;
}

export class MailTokenRequest {
  @Text({ max: 512, description: 'From the link in the mail.', example: 'k4J0…' })
  token!: string;
}

export class ResetPasswordRequest extends MailTokenRequest {
  @Text(PASSWORD)
  password!: string;
}

export class ChangeEmailRequest {
  @EmailAddress()
  email!: string;

  @Text(GIVEN_PASSWORD)
  password!: string;
}

export class EraseAccountRequest {
  @Text(GIVEN_PASSWORD)
  password!: string;

  @Text({
    optional: true,
    trim: true,
    max: 64,
    description: 'Needed with two-factor authentication.',
    example: '123456',
  })
  code?: string;
}
