import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/index.js';
import type { IntegrationClaims } from '../integration-jwt.service.js';
import { GRANT_SCOPES, lifetimeSeconds, GRANT_MODES } from '../integration-tokens.rules.js';
import type { IntegrationGrant } from '../persistence/integration-grant.entity.js';
import type { RevokedGrant } from '../persistence/integration-grant.repository.js';

const KID = '4f1d0c2be9a7735d8c01e6b4a2f95d37';

@ApiSchema({ name: 'IntegrationToken' })
export class IntegrationTokenResponse {
  @ResponseField('string', 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjQ…')
  token!: string;

  @ResponseField('string', 'Bearer')
  tokenType!: 'Bearer';

  @ResponseIdField()
  jti!: string;

  @ResponseField('string', KID)
  kid!: string;

  @ResponseIdField()
  tenantId!: string;

  @ResponseField('string', 'embed', { enum: GRANT_MODES })
  mode!: string;

  @ResponseField('string', 'https://partner.example.com')
  origin!: string;

  @ResponseListField('string', ['profile:read', 'quota:read'])
  scopes!: string[];

  @ResponseTimestampField()
  expiresAt!: string;

  @ResponseField('integer', 120, { description: 'Lifetime in seconds.' })
  expiresIn!: number;

  static from(grant: IntegrationGrant, token: string): IntegrationTokenResponse {
    return {
      token,
      tokenType: 'Bearer',
      jti: grant.jti,
      kid: grant.kid,
      tenantId: grant.organization_id,
      mode: grant.mode,
      origin: grant.origin,
      scopes: grant.scopes,
      expiresAt: grant.valid_until.toISOString(),
      expiresIn: lifetimeSeconds(grant),
    };
  }
}

@ApiSchema({ name: 'IntegrationClaimsResponse' })
class IntegrationClaimsResponse implements IntegrationClaims {
  @ResponseField('string', 'https://learn.example.org')
  iss!: string;

  @ResponseField('string', 'embed:0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11')
  sub!: string;

  @ResponseField('string', 'xentree:integration')
  aud!: string;

  @ResponseIdField()
  tid!: string;

  @ResponseField('string', 'https://partner.example.com')
  origin!: string;

  @ResponseField('string', 'embed', { enum: GRANT_MODES })
  mode!: string;

  @ResponseField('string', GRANT_SCOPES.join(' '))
  scope!: string;

  @ResponseIdField()
  jti!: string;

  @ResponseField('integer', 1776333600)
  iat!: number;

  @ResponseField('integer', 1776333600)
  nbf!: number;

  @ResponseField('integer', 1776333720)
  exp!: number;
}

@ApiSchema({ name: 'IntegrationTokenVerdict' })
export class TokenVerificationResponse {
  @ResponseField('boolean', true)
  valid!: boolean;

  @ResponseField('boolean', false)
  revoked!: boolean;

  @ResponseField('string', 'expired', {
    optional: true,
    description:
      'Why the token is invalid: `unknown_token`, `expired`, `suspended`, `two_factor_required`, or the reason given for its revocation.',
  })
  reason?: string;

  @ResponseField(() => IntegrationClaimsResponse, undefined, { optional: true })
  claims?: IntegrationClaims;
}

@ApiSchema({ name: 'RevokedIntegrationToken' })
export class RevokedResponse {
  @ResponseField('boolean', true)
  revoked!: true;

  @ResponseIdField()
  jti!: string;
}

@ApiSchema({ name: 'IntegrationTokenRevocation' })
export class RevocationResponse {
  @ResponseIdField()
  jti!: string;

  @ResponseIdField()
  tenantId!: string;

  @ResponseField('string', 'security-incident', { nullable: true })
  reason!: string | null;

  @ResponseTimestampField()
  revokedAt!: string;

  @ResponseIdField({ nullable: true })
  revokedBy!: string | null;

  @ResponseTimestampField({ description: 'When the token expires.' })
  expiresAt!: string;

  static from(row: RevokedGrant): RevocationResponse {
    return {
      jti: row.jti,
      tenantId: row.organization_id,
      reason: row.reason,
      revokedAt: row.revoked_at.toISOString(),
      revokedBy: row.revoked_by,
      expiresAt: row.valid_until.toISOString(),
    };
  }
}

@ApiSchema({ name: 'IntegrationKeyFingerprint' })
export class FingerprintResponse {
  @ResponseIdField()
  tenantId!: string;

  @ResponseField('string', KID)
  kid!: string;

  @ResponseField('string', 'SHA-256', { description: 'Hash of the public key as DER-encoded SPKI.' })
  algorithm!: 'SHA-256';

  @ResponseField('string', 'AA:BB:CC:…')
  fingerprint!: string;
}

@ApiSchema({ name: 'RotatedIntegrationKey' })
export class RotatedKeyResponse extends FingerprintResponse {
  @ResponseField('string', KID, { nullable: true })
  previousKid!: string | null;

  @ResponseTimestampField({
    nullable: true,
    description: 'Tokens signed with the previous key are valid until then.',
  })
  previousUntil!: string | null;
}

@ApiSchema({ name: 'JsonWebKey' })
class JsonWebKey {
  @ResponseField('string', 'RSA')
  kty!: string;

  @ResponseField('string', 'RS256')
  alg!: string;

  @ResponseField('string', 'sig')
  use!: string;

  @ResponseField('string', KID)
  kid!: string;

  @ResponseField('string', 'ujG9…')
  n!: string;

  @ResponseField('string', 'AQAB')
  e!: string;
}

@ApiSchema({ name: 'IntegrationJwks' })
export class IntegrationJwksResponse {
  @ResponseListField(() => JsonWebKey, undefined, 'The active key first. Empty before the first grant.')
  keys!: JsonWebKey[];
}
