import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsList } from '@/platform/openapi/response-fields.js';

const JWT = 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTk3In0.c2lnbmF0dXJl';

interface Pair {
  accessToken: string;
  expiresIn?: number;
  refreshToken?: string;
}

export class TokenResponse {
  @Shows('string', JWT)
  access_token!: string;

  @Shows('string', 'bearer')
  token_type!: 'bearer';

  @Shows('integer', 900, { optional: true, description: 'Seconds until the access token expires.' })
  expires_in?: number;

  @Shows('string', 'xr_AX9...', {
    optional: true,
    description: 'Absent when the call was made with a bearer.',
  })
  refresh_token?: string;

  static from({ accessToken, expiresIn, refreshToken }: Pair): TokenResponse {
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
  @Shows('string', JWT)
  access_token!: string;

  @Shows('string', 'bearer')
  token_type!: 'bearer';

  static from(accessToken: string): XcTokenResponse {
    return { access_token: accessToken, token_type: 'bearer' };
  }
}

/** The six fields of `login` and `verify-2fa`. */
@ApiSchema({ name: 'XcLoginResponse' })
export class XcLoginResponse {
  @Shows('string', JWT, { nullable: true })
  access_token!: string | null;

  @Shows('string', 'bearer')
  token_type!: 'bearer';

  @Shows('boolean', false)
  two_factor_required!: boolean;

  @Shows('boolean', false)
  two_factor_setup_required!: boolean;

  @Shows('string', null, { nullable: true, enum: ['totp', 'email'] })
  two_factor_method!: 'totp' | 'email' | null;

  @Shows('string', null, { nullable: true })
  temp_token!: string | null;

  static signedIn(accessToken: string): XcLoginResponse {
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
  @ShowsList('string', ['ABCD-EFGH-IJKL-MNOP'])
  backup_codes!: string[];

  @Shows('string', 'Two-factor authentication is on. Keep the backup codes in a safe place.')
  message!: string;
}

@ApiSchema({ name: 'XcRegisterResponse' })
export class XcRegisterResponse {
  @Shows('string', JWT)
  access_token!: string;

  @Shows('string', 'bearer')
  token_type!: 'bearer';

  @ShowsId()
  organization_id!: string;

  @Shows('string', 'Welcome.')
  message!: string;
}

/** What a signed-in person gets for accepting an invitation. */
export class JoinedResponse {
  @Shows('string', 'You are a member now.')
  message!: string;

  @ShowsId()
  organization_id!: string;

  static in(organizationId: string): JoinedResponse {
    return { message: 'You are a member now.', organization_id: organizationId };
  }
}

export class MessageResponse {
  @Shows('string', 'Done.')
  message!: string;

  static saying(message: string): MessageResponse {
    return { message };
  }
}
