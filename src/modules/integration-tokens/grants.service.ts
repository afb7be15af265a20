import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuditedGrants } from './audited-grants.js';
import type { GrantRequest, RevokeTokenRequest, RotateTokenRequest } from './dto/integration.requests.js';
import { IntegrationTokenResponse, type RevokedResponse } from './dto/integration.responses.js';
import { IntegrationJwtService } from './integration-jwt.service.js';
import { integrationErrors } from './integration-tokens.errors.js';
import { GRANT_RETENTION, lifetimeSeconds } from './integration-tokens.rules.js';
import type { IntegrationGrant } from './persistence/integration-grant.entity.js';
import { type TenantSigningKey, TenantKeysService } from './tenant-keys.service.js';

type GrantTerms = Pick<IntegrationGrant, 'mode' | 'origin' | 'scopes'> & { ttlSeconds: number };

/** Issues, rotates and revokes integration tokens. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly auditedGrants: AuditedGrants,
    private readonly keys: TenantKeysService,
    private readonly integrationJwt: IntegrationJwtService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async issue(actor: OrganizationActor, request: GrantRequest): Promise<IntegrationTokenResponse> {
    const signer = await this.keys.getSigningKey(actor.organization.id);
    const grant = this.buildGrant(actor, request, signer);
    await this.unitOfWork.run(async () => {
      await this.auditedGrants.lockAndReauthorize(actor);
      await this.auditedGrants.create(actor, grant, 'integration_token.granted');
    });
    return IntegrationTokenResponse.from(grant, this.integrationJwt.sign(grant, signer));
  }

  /**
   * Issues a token in place of an old one. Of concurrent requests that revoke the same old token, one succeeds and the
   * others fail with `integration_token_inactive`.
   */
  async rotate(actor: OrganizationActor, request: RotateTokenRequest): Promise<IntegrationTokenResponse> {
    const { integrationToken, revokeOld, reason, mode, origin, scopes, ttlSeconds } = request;
    const signer = await this.keys.getSigningKey(actor.organization.id);
    const claims = await this.integrationJwt.readClaims(actor.organization.id, integrationToken);
    if (!claims) throw integrationErrors.integration_token_not_found();
    const grant = await this.unitOfWork.run(async () => {
      await this.auditedGrants.lockAndReauthorize(actor);
      const old = await this.auditedGrants.findActive(actor, claims.jti);
      const terms = {
        mode: mode ?? old.mode,
        origin: origin ?? old.origin,
        scopes: scopes ?? old.scopes,
        ttlSeconds: ttlSeconds ?? lifetimeSeconds(old),
      };
      if (revokeOld) await this.auditedGrants.replace(actor, old.jti, reason);
      const next = this.buildGrant(actor, terms, signer);
      await this.auditedGrants.create(actor, next, 'integration_token.rotated', { replaces: old.jti });
      return next;
    });
    return IntegrationTokenResponse.from(grant, this.integrationJwt.sign(grant, signer));
  }

  /** Idempotent. Throws `integration_token_not_found`. */
  async revoke(actor: OrganizationActor, request: RevokeTokenRequest): Promise<RevokedResponse> {
    const jti = await this.resolveJti(actor, request);
    await this.unitOfWork.run(async () => {
      await this.auditedGrants.lockAndReauthorize(actor);
      await this.auditedGrants.revoke(actor, jti, request.reason);
    });
    return { revoked: true, jti };
  }

  private async resolveJti(actor: OrganizationActor, request: RevokeTokenRequest): Promise<string> {
    const { integrationToken, jti } = request;
    if ((integrationToken === undefined) === (jti === undefined))
      throw invalidField('integrationToken', 'one_of', 'give exactly one of integrationToken and jti');
    if (jti !== undefined) return jti.toLowerCase();
    const claims = await this.integrationJwt.readClaims(actor.organization.id, integrationToken ?? '');
    if (!claims) throw integrationErrors.integration_token_not_found();
    return claims.jti;
  }

  private buildGrant(
    actor: OrganizationActor,
    terms: GrantTerms,
    { kid }: TenantSigningKey,
  ): IntegrationGrant {
    return {
      jti: newId(),
      organization_id: actor.organization.id,
      created_by: actor.userId,
      kid,
      mode: terms.mode,
      origin: terms.origin,
      scopes: terms.scopes,
      second_factor: actor.secondFactor,
      issued_at: this.clock.now(),
      valid_until: truncateToSecond(this.clock.after(terms.ttlSeconds)),
      revoked_at: null,
      revoked_by: null,
      reason: null,
      expires_at: this.clock.after(terms.ttlSeconds + GRANT_RETENTION),
    };
  }
}

/** The `exp` claim of a token has whole seconds. */
function truncateToSecond(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}
