import { EXISTING_PASSWORD_OPTIONS } from '@/modules/auth/passwords/password-fields.js';
import { TWO_FACTOR_METHODS } from '@/modules/auth/two-factor/dto/two-factor.requests.js';
import { ApiSchema } from '@/platform/openapi/index.js';
import { EnumField, TextField } from '@/platform/validation/index.js';

@ApiSchema({ name: 'LoginRequest' })
export class XcLoginRequest {
  @TextField({ trim: true, max: 254, example: 'ada@example.com' })
  email!: string;

  @TextField(EXISTING_PASSWORD_OPTIONS)
  password!: string;
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
  @EnumField(TWO_FACTOR_METHODS, { example: 'totp' })
  method!: 'totp' | 'email';
}
