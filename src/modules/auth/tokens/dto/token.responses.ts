import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/response-fields.js';

const JWT_EXAMPLE = 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTk3In0.c2lnbmF0dXJl';

interface IssuedTokens {
  accessToken: string;
  expiresIn?: number;
  refreshToken?: string;
}

export class TokenResponse {
  @ResponseField('string', JWT_EXAMPLE)
  access_token!: string;

  @ResponseField('string', 'bearer')
  token_type!: 'bearer';

  @ResponseField('integer', 900, { optional: true, description: 'Seconds until the access token expires.' })
  expires_in?: number;

  @ResponseField('string', 'xr_AX9...', {
    optional: true,
    description: 'Absent when the call was made with a bearer.',
  })
  refresh_token?: string;

  static from({ accessToken, expiresIn, refreshToken }: IssuedTokens): TokenResponse {
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      refresh_token: refreshToken,
    };
  }
}

/** Exactly what the XC documentation prints for a renewed token. */
@ApiSchema({ name: 'XcTokenResponse' })
export class XcTokenResponse {
  @ResponseField('string', JWT_EXAMPLE)
  access_token!: string;

  @ResponseField('string', 'bearer')
  token_type!: 'bearer';

  static from(accessToken: string): XcTokenResponse {
    return { access_token: accessToken, token_type: 'bearer' };
  }
}

/** The six fields of `login` and `verify-2fa`. */
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

@ApiSchema({ name: 'XcRegisterResponse' })
export class XcRegisterResponse {
  @ResponseField('string', JWT_EXAMPLE)
  access_token!: string;

  @ResponseField('string', 'bearer')
  token_type!: 'bearer';

  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'Welcome.')
  message!: string;
}

/** What a signed-in person gets for accepting an invitation. */
export class JoinedResponse {
  @ResponseField('string', 'You are a member now.')
  message!: string;

  @ResponseIdField()
  organization_id!: string;

  static from(organizationId: string): JoinedResponse {
    return { message: 'You are a member now.', organization_id: organizationId };
  }
}

export class MessageResponse {
  @ResponseField('string', 'Done.')
  message!: string;

  static from(message: string): MessageResponse {
    return { message };
  }
}
