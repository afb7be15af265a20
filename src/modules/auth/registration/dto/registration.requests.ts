import { NEW_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { UsernameField } from '@/modules/users/index.js';
import { EmailField, NameField, TextField } from '@/platform/validation/index.js';

const NAME_OPTIONS = { optional: true, trim: true, min: 0, max: 120 };
const CAPTCHA_OPTIONS = {
  optional: true,
  min: 0,
  max: 4096,
  description: 'The captcha response, if this server requires one.',
};

export class RegisterRequest {
  @UsernameField()
  username!: string;

  @EmailField()
  email!: string;

  @TextField(NEW_PASSWORD_OPTIONS)
  password!: string;

  @TextField({ optional: true, nullable: true, trim: true, min: 0, max: 241, example: 'Ada Lovelace' })
  full_name?: string | null;

  @TextField(CAPTCHA_OPTIONS)
  turnstile_token = '';
}

export class XcRegisterRequest {
  @EmailField()
  email!: string;

  @TextField(NEW_PASSWORD_OPTIONS)
  password!: string;

  @NameField({ max: 120, example: 'Acme Learning' })
  company_name!: string;

  @TextField({ ...NAME_OPTIONS, example: 'Ada' })
  first_name = '';

  @TextField({ ...NAME_OPTIONS, example: 'Lovelace' })
  last_name = '';

  @TextField(CAPTCHA_OPTIONS)
  turnstile_token = '';
}

export class AcceptInvitationRequest {
  @TextField({ max: 512, description: 'From the link in the e-mail.', example: 'k4J0…' })
  token!: string;

  @TextField({ ...NEW_PASSWORD_OPTIONS, optional: true, description: 'Required for a new account.' })
  password?: string;

  @TextField({ ...NAME_OPTIONS, example: 'Grace' })
  first_name = '';

  @TextField({ ...NAME_OPTIONS, example: 'Hopper' })
  last_name = '';
}
