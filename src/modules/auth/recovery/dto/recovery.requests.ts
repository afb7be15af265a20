import { NEW_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { EmailField, TextField } from '@/platform/validation/index.js';

export class AddressRequest {
  @EmailField()
  email!: string;
}

export class ResendVerificationRequest {
  @EmailField({ optional: true, description: 'Not needed with an access token.' })
  email?: string;
}

export class MailTokenRequest {
  @TextField({ max: 512, description: 'From the link in the e-mail.', example: 'k4J0…' })
  token!: string;
}

export class ResetPasswordRequest extends MailTokenRequest {
  @TextField(NEW_PASSWORD_OPTIONS)
  password!: string;
}
