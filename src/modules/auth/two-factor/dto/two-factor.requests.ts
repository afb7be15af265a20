import { EnumField, TextField } from '@/platform/validation/index.js';

export const TWO_FACTOR_METHODS = ['totp', 'email'] as const;

/** A code from the authenticator app or from an e-mail, or a backup code. */
export class CodeRequest {
  @TextField({ trim: true, max: 64, example: '123456' })
  code!: string;
}

export class TwoFactorSetupRequest {
  @EnumField(TWO_FACTOR_METHODS, { example: 'totp' })
  method!: 'totp' | 'email';

  @TextField({ optional: true, max: 1024, description: 'Required if the login is more than 15 minutes old.' })
  password?: string;
}
