import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { windowByTime, toPage } from '@/platform/pagination/index.js';
import type { RevocationsQuery } from './dto/integration.requests.js';
import { RevocationResponse, type TokenVerificationResponse } from './dto/integration.responses.js';
import { invalidReason } from './grant-state.rules.js';
import { IntegrationJwtService } from './integration-jwt.service.js';
import { IntegrationGrantRepository } from './persistence/integration-grant.repository.js';

/** Verifies tokens by their signature, expiry and revocation, and by the present state of their creator. */
@Injectable()
export class TokenVerificationService {
  constructor(
    private readonly grants: IntegrationGrantRepository,
    private readonly integrationJwt: IntegrationJwtService,
    private readonly clock: Clock,
  ) {}

  /** Returns `unknown_token` for a string that is not a token of this tenant. Never throws for an invalid token. */
  async verify(tenantId: OrganizationId, token: string): Promise<TokenVerificationResponse> {
    const claims = await this.integrationJwt.readClaims(tenantId, token);
    const state = claims && (await this.grants.findState(tenantId, claims.jti));
    if (!state) return { valid: false, revoked: false, reason: 'unknown_token' };
    const invalid = invalidReason(state, this.clock.now());
    if (invalid === null && !this.integrationJwt.hasExpired(claims))
      return { valid: true, revoked: false, claims };
    const reason = invalid === 'revoked' ? (state.reason ?? invalid) : (invalid ?? 'expired');
    return { valid: false, revoked: invalid === 'revoked', reason, claims };
  }

  async listRevocations(
    { organization }: OrganizationActor,
    query: RevocationsQuery,
  ): Promise<RevocationResponse[]> {
    const window = windowByTime(query);
    const rows = await this.grants.listRevoked(organization.id, window);
    const pageRows = toPage(window, rows, ({ revoked_at: at, jti: id }) => ({ at, id }));
    return pageRows.map((row) => RevocationResponse.from(row));
  }
}
