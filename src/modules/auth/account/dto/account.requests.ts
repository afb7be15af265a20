import { EXISTING_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { EmailField, TextField } from '@/platform/validation/index.js';

export class ChangeEmailRequest {
  @EmailField({ example: 'ada.lovelace@example.com' })
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
    description: 'Required with two-factor authentication.',
  })
  code?: string;
}
