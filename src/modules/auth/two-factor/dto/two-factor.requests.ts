import { EnumField, TextField } from '@/platform/validation/index.js';

const METHODS = ['totp', 'email'] as const;

/** A code from the authenticator app or from an e-mail, or a backup code. */
export class CodeRequest {
  @TextField({ trim: true, max: 64, example: '123456' })
  code!: string;
}

export class TempTokenRequest {
  @TextField({
    max: 2048,
    description: 'From the response to the login.',
    example: 'eyJhbGciOiJIUzI1NiIs...',
  })
  temp_token!: string;
}

export class VerifyTwoFactorRequest extends TempTokenRequest {
  @TextField({ trim: true, max: 64, example: '123456' })
  code!: string;
}

export class SetupWithTempRequest extends TempTokenRequest {
  @EnumField(METHODS, { example: 'totp' })
  method!: 'totp' | 'email';
}

export class TwoFactorSetupRequest {
  @EnumField(METHODS, { example: 'totp' })
  method!: 'totp' | 'email';

  @TextField({ optional: true, max: 1024, description: 'Required if the login is more than 15 minutes old.' })
  password?: string;
}
