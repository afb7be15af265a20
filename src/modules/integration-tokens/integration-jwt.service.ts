import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import * as z from 'zod';
import { Config } from '@/platform/config/index.js';
import { Installation, parseKeyId } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { AUDIENCE } from './integration-tokens.rules.js';
import type { IntegrationGrant } from './persistence/integration-grant.entity.js';
import { toPublicKey, type TenantSigningKey, TenantKeysService } from './tenant-keys.service.js';

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  tid: z.string(),
  origin: z.string(),
  mode: z.string(),
  scope: z.string(),
  jti: z.uuid(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
});

export type IntegrationClaims = z.infer<typeof claimsSchema>;

/** Signs and verifies the tokens of grants: RS256 JWTs with the key pair of the tenant. */
@Injectable()
export class IntegrationJwtService {
  private readonly issuer: string;

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TenantKeysService,
    private readonly clock: Clock,
    config: Config,
    installation: Installation,
  ) {
    this.issuer = installation.issuer(config);
  }

  sign(grant: IntegrationGrant, { kid, key }: TenantSigningKey): string {
    const iat = Math.floor(grant.issued_at.getTime() / 1000);
    const payload = {
      iss: this.issuer,
      sub: `embed:${grant.jti}`,
      aud: AUDIENCE,
      tid: grant.organization_id,
      origin: grant.origin,
      mode: grant.mode,
      scope: grant.scopes.join(' '),
      jti: grant.jti,
      iat,
      nbf: iat,
      exp: Math.floor(grant.valid_until.getTime() / 1000),
    };
    return this.jwt.sign(payload, { privateKey: key, algorithm: 'RS256', keyid: kid });
  }

  /**
   * Verifies the signature and returns the claims, also of an expired token. Returns null when the token was not issued
   * by this tenant. A key that is no longer published was replaced longer ago than the longest lifetime of a token.
   */
  async readClaims(organizationId: OrganizationId, token: string): Promise<IntegrationClaims | null> {
    const kid = parseKeyId(token);
    const key =
      kid && (await this.keys.listPublished(organizationId)).find((published) => published.kid === kid);
    if (!key) return null;
    try {
      const payload = this.jwt.verify<object>(token, {
        // jsonwebtoken takes a KeyObject; the type of @nestjs/jwt does not say so.
        publicKey: toPublicKey(key) as KeyObject & Buffer,
        algorithms: ['RS256'],
        issuer: this.issuer,
        audience: AUDIENCE,
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      const parsed = claimsSchema.safeParse(payload);
      return parsed.success && parsed.data.tid === organizationId ? parsed.data : null;
    } catch {
      return null;
    }
  }

  hasExpired({ exp }: IntegrationClaims): boolean {
    return exp * 1000 <= this.clock.millis();
  }
}
