import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import * as z from 'zod';
import { Config } from '@/platform/config/index.js';
import { Installation } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { AUDIENCE } from './integration-tokens.rules.js';
import type { IntegrationGrant } from './persistence/integration-grant.entity.js';
import { publicKeyOf, type Signer, TenantKeys } from './tenant-keys.service.js';

const claims = z.object({
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

export type IntegrationClaims = z.infer<typeof claims>;

/** The token of a grant: an RS256 JWT under the key of its tenant. */
@Injectable()
export class IntegrationJwt {
  private readonly issuer: string;

  constructor(
    private readonly keys: TenantKeys,
    private readonly clock: Clock,
    config: Config,
    installation: Installation,
  ) {
    this.issuer = installation.issuer(config);
  }

  sign(grant: IntegrationGrant, { kid, key }: Signer): string {
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
    return jwt.sign(payload, key, { algorithm: 'RS256', keyid: kid });
  }

  /**
   * What a token of this tenant says, whether or not it has expired; null when it is not a token of this tenant.
   * A key that is not published any more has outlived every token it signed.
   */
  async read(organizationId: OrganizationId, token: string): Promise<IntegrationClaims | null> {
    const kid = kidOf(token);
    const key = kid && (await this.keys.published(organizationId)).find((published) => published.kid === kid);
    if (!key) return null;
    try {
      const options = { algorithms: ['RS256' as const], issuer: this.issuer, audience: AUDIENCE };
      const verified = jwt.verify(token, publicKeyOf(key), {
        ...options,
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      const parsed = claims.safeParse(verified);
      return parsed.success && parsed.data.tid === organizationId ? parsed.data : null;
    } catch {
      return null;
    }
  }

  hasExpired({ exp }: IntegrationClaims): boolean {
    return exp * 1000 <= this.clock.millis();
  }
}

function kidOf(token: string): string | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header.kid;
  } catch {
    return undefined;
  }
}
