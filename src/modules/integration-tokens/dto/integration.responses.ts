import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant, ShowsList } from '@/platform/openapi/response-fields.js';
import type { IntegrationClaims } from '../integration-jwt.service.js';
import { GRANT_SCOPES, lifeOf, MODES } from '../integration-tokens.rules.js';
import type { IntegrationGrant } from '../persistence/integration-grant.entity.js';
import type { Revoked } from '../persistence/integration-grant.repository.js';

const KID = '4f1d0c2be9a7735d8c01e6b4a2f95d37';

@ApiSchema({ name: 'IntegrationToken' })
export class IntegrationTokenResponse {
  @Shows('string', 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjQ…')
  token!: string;

  @Shows('string', 'Bearer')
  tokenType!: 'Bearer';

  @ShowsId()
  jti!: string;

  @Shows('string', KID)
  kid!: string;

  @ShowsId()
  tenantId!: string;

  @Shows('string', 'embed', { enum: MODES })
  mode!: string;

  @Shows('string', 'https://partner.example.com')
  origin!: string;

  @ShowsList('string', ['profile:read', 'quota:read'])
  scopes!: string[];

  @ShowsInstant()
  expiresAt!: string;

  @Shows('integer', 120, { description: 'Seconds.' })
  expiresIn!: number;

  static from(grant: IntegrationGrant, token: string): IntegrationTokenResponse {
    const { jti, kid, mode, origin, scopes, organization_id: tenantId } = grant;
    const end = { expiresAt: grant.valid_until.toISOString(), expiresIn: lifeOf(grant) };
    return { token, tokenType: 'Bearer', jti, kid, tenantId, mode, origin, scopes, ...end };
  }
}

class IntegrationClaimsResponse implements IntegrationClaims {
  @Shows('string', 'https://learn.example.org')
  iss!: string;

  @Shows('string', 'embed:0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11')
  sub!: string;

  @Shows('string', 'xentree:integration')
  aud!: string;

  @ShowsId()
  tid!: string;

  @Shows('string', 'https://partner.example.com')
  origin!: string;

  @Shows('string', 'embed', { enum: MODES })
  mode!: string;

  @Shows('string', GRANT_SCOPES.join(' '))
  scope!: string;

  @ShowsId()
  jti!: string;

  @Shows('integer', 1776333600)
  iat!: number;

  @Shows('integer', 1776333600)
  nbf!: number;

  @Shows('integer', 1776333720)
  exp!: number;
}

@ApiSchema({ name: 'IntegrationTokenVerdict' })
export class VerdictResponse {
  @Shows('boolean', true)
  valid!: boolean;

  @Shows('boolean', false)
  revoked!: boolean;

  @Shows('string', 'expired', {
    optional: true,
    description:
      'Why it is not valid: `unknown_token`, `expired`, `suspended`, `two_factor_required`, or the reason of its revocation.',
  })
  reason?: string;

  @Shows(() => IntegrationClaimsResponse, undefined, { optional: true })
  claims?: IntegrationClaims;
}

@ApiSchema({ name: 'RevokedIntegrationToken' })
export class RevokedResponse {
  @Shows('boolean', true)
  revoked!: true;

  @ShowsId()
  jti!: string;
}

@ApiSchema({ name: 'IntegrationTokenRevocation' })
export class RevocationResponse {
  @ShowsId()
  jti!: string;

  @ShowsId()
  tenantId!: string;

  @Shows('string', 'security-incident', { nullable: true })
  reason!: string | null;

  @ShowsInstant()
  revokedAt!: string;

  @ShowsId({ nullable: true })
  revokedBy!: string | null;

  @ShowsInstant({ description: 'When the token ends by itself.' })
  expiresAt!: string;

  static from(row: Revoked): RevocationResponse {
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
  @ShowsId()
  tenantId!: string;

  @Shows('string', KID)
  kid!: string;

  @Shows('string', 'SHA-256', { description: 'Over the public key as SPKI in DER.' })
  algorithm!: 'SHA-256';

  @Shows('string', 'AA:BB:CC:…')
  fingerprint!: string;
}

@ApiSchema({ name: 'RotatedIntegrationKey' })
export class RotatedKeyResponse extends FingerprintResponse {
  @Shows('string', KID, { nullable: true })
  previousKid!: string | null;

  @ShowsInstant({ nullable: true, description: 'Until then tokens of the previous key verify.' })
  previousUntil!: string | null;
}

class JsonWebKey {
  @Shows('string', 'RSA')
  kty!: string;

  @Shows('string', 'RS256')
  alg!: string;

  @Shows('string', 'sig')
  use!: string;

  @Shows('string', KID)
  kid!: string;

  @Shows('string', 'ujG9…')
  n!: string;

  @Shows('string', 'AQAB')
  e!: string;
}

@ApiSchema({ name: 'IntegrationJwks' })
export class IntegrationJwksResponse {
  @ShowsList(() => JsonWebKey, undefined, 'The active key first; empty before the first grant.')
  keys!: JsonWebKey[];
}
