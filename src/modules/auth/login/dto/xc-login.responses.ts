import { JWT_EXAMPLE } from '@/modules/auth/tokens/dto/token.responses.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

/** The response of `login` and `verify-2fa`: always all six fields. */
@ApiSchema({ name: 'XcLoginResponse' })
export class XcLoginResponse {
  @ResponseField('string', JWT_EXAMPLE, { nullable: true })
  access_token!: string | null;

  @ResponseField('string', 'bearer')
  token_type!: 'bearer';

  @ResponseField('boolean', false)
  two_factor_required!: boolean;

  @ResponseField('boolean', false)
  two_factor_setup_required!: boolean;

  @ResponseField('string', null, { nullable: true, enum: ['totp', 'email'] })
  two_factor_method!: 'totp' | 'email' | null;

  @ResponseField('string', null, { nullable: true })
  temp_token!: string | null;

  static completed(accessToken: string): XcLoginResponse {
    return {
      access_token: accessToken,
      token_type: 'bearer',
      two_factor_required: false,
      two_factor_setup_required: false,
      two_factor_method: null,
      temp_token: null,
    };
  }

  static pending(method: 'totp' | 'email' | null, tempToken: string): XcLoginResponse {
    return {
      access_token: null,
      token_type: 'bearer',
      two_factor_required: method !== null,
      two_factor_setup_required: method === null,
      two_factor_method: method,
      temp_token: tempToken,
    };
  }
}

@ApiSchema({ name: 'XcSetupLoginResponse' })
export class XcSetupLoginResponse extends XcLoginResponse {
  @ResponseListField('string', ['ABCD-EFGH-IJKL-MNOP'])
  backup_codes!: string[];

  @ResponseField('string', 'Two-factor authentication is on. Keep the backup codes in a safe place.')
  message!: string;
}
