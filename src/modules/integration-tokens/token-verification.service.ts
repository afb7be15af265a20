import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { windowByTime, toPage } from '@/platform/pagination/page.js';
import type { RevocationsQuery } from './dto/integration.requests.js';
import { RevocationResponse, type TokenVerificationResponse } from './dto/integration.responses.js';
import { invalidReason } from './grant-state.rules.js';
import { IntegrationJwtService } from './integration-jwt.service.js';
import { IntegrationGrantRepository } from './persistence/integration-grant.repository.js';

/** Whether a token holds now: its signature, its time, its revocation, and what became of who made it. */
@Injectable()
export class TokenVerificationService {
  constructor(
    private readonly grants: IntegrationGrantRepository,
    private readonly integrationJwt: IntegrationJwtService,
    private readonly clock: Clock,
  ) {}

  async verify(tenantId: OrganizationId, token: string): Promise<TokenVerificationResponse> {
    const claims = await this.integrationJwt.readClaims(tenantId, token);
    const state = claims && (await this.grants.findState(tenantId, claims.jti));
    if (!state) return { valid: false, revoked: false, reason: 'unknown_token' };
    const cause = invalidReason(state, this.clock.now());
    if (cause === null && !this.integrationJwt.hasExpired(claims))
      return { valid: true, revoked: false, claims };
    const reason = cause === 'revoked' ? (state.reason ?? cause) : (cause ?? 'expired');
    return { valid: false, revoked: cause === 'revoked', reason, claims };
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
