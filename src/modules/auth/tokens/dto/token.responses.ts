import { ApiSchema, ResponseField } from '@/platform/openapi/index.js';

export const JWT_EXAMPLE = 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTk3In0.c2lnbmF0dXJl';

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
    description: 'Absent if the request had no refresh token.',
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

/** Has exactly the fields that the XC documentation shows. */
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
