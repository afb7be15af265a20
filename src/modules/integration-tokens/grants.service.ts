import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { GrantBook } from './audited-grants.js';
import type { GrantRequest, RevokeTokenRequest, RotateTokenRequest } from './dto/integration.requests.js';
import { IntegrationTokenResponse, type RevokedResponse } from './dto/integration.responses.js';
import { IntegrationJwt } from './integration-jwt.service.js';
import { integrationErrors } from './integration-tokens.errors.js';
import { GRANT_KEPT, lifeOf } from './integration-tokens.rules.js';
import type { IntegrationGrant } from './persistence/integration-grant.entity.js';
import { type Signer, TenantKeys } from './tenant-keys.service.js';

type Terms = Pick<IntegrationGrant, 'mode' | 'origin' | 'scopes'> & { ttlSeconds: number };

/** Issuing, exchanging and revoking integration tokens. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly book: GrantBook,
    private readonly keys: TenantKeys,
    private readonly jwts: IntegrationJwt,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async grant(actor: OrganizationActor, request: GrantRequest): Promise<IntegrationTokenResponse> {
    const signer = await this.keys.signer(actor.organization.id);
    const grant = this.draw(actor, request, signer);
    await this.unitOfWork.run(async () => {
      await this.book.hold(actor);
      await this.book.add(actor, grant, 'integration_token.granted');
    });
    return IntegrationTokenResponse.from(grant, this.jwts.sign(grant, signer));
  }

  /** A new token for an old one, in one step: of many who exchange the same token at once, one gets the new one. */
  async rotate(actor: OrganizationActor, request: RotateTokenRequest): Promise<IntegrationTokenResponse> {
    const { integrationToken, revokeOld, reason, mode, origin, scopes, ttlSeconds } = request;
    const signer = await this.keys.signer(actor.organization.id);
    const claims = await this.jwts.read(actor.organization.id, integrationToken);
    if (!claims) throw integrationErrors.integration_token_not_found();
    const grant = await this.unitOfWork.run(async () => {
      await this.book.hold(actor);
      const old = await this.book.alive(actor, claims.jti);
      const terms = {
        mode: mode ?? old.mode,
        origin: origin ?? old.origin,
        scopes: scopes ?? old.scopes,
        ttlSeconds: ttlSeconds ?? lifeOf(old),
      };
      if (revokeOld) await this.book.replace(actor, old.jti, reason);
      const next = this.draw(actor, terms, signer);
      await this.book.add(actor, next, 'integration_token.rotated', { replaces: old.jti });
      return next;
    });
    return IntegrationTokenResponse.from(grant, this.jwts.sign(grant, signer));
  }

  /** Doing it twice is doing it once. */
  async revoke(actor: OrganizationActor, request: RevokeTokenRequest): Promise<RevokedResponse> {
    const jti = await this.named(actor, request);
    await this.unitOfWork.run(async () => {
      await this.book.hold(actor);
      await this.book.revoke(actor, jti, request.reason);
    });
    return { revoked: true, jti };
  }

  private async named(actor: OrganizationActor, request: RevokeTokenRequest): Promise<string> {
    const { integrationToken, jti } = request;
    this.book.assertOne({ integrationToken, jti });
    if (jti !== undefined) return jti.toLowerCase();
    const claims = await this.jwts.read(actor.organization.id, integrationToken ?? '');
    if (!claims) throw integrationErrors.integration_token_not_found();
    return claims.jti;
  }

  private draw(actor: OrganizationActor, terms: Terms, { kid }: Signer): IntegrationGrant {
    const { mode, origin, scopes, ttlSeconds } = terms;
    return {
      jti: newId(),
      organization_id: actor.organization.id,
      created_by: actor.userId,
      ...{ kid, mode, origin, scopes, second_factor: actor.secondFactor },
      issued_at: this.clock.now(),
      valid_until: wholeSecond(this.clock.after(ttlSeconds)),
      ...{ revoked_at: null, revoked_by: null, reason: null },
      expires_at: this.clock.after(ttlSeconds + GRANT_KEPT),
    };
  }
}

/** Tokens tell their end in whole seconds. */
function wholeSecond(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}
