import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { byMoment, page } from '@/platform/pagination/page.js';
import type { RevocationsQuery } from './dto/integration.requests.js';
import { RevocationResponse, type VerdictResponse } from './dto/integration.responses.js';
import { flawOf } from './grant-state.rules.js';
import { IntegrationJwt } from './integration-jwt.service.js';
import { IntegrationGrantRepository } from './persistence/integration-grant.repository.js';

/** Whether a token holds now: its signature, its time, its revocation, and what became of who made it. */
@Injectable()
export class Verification {
  constructor(
    private readonly grants: IntegrationGrantRepository,
    private readonly jwts: IntegrationJwt,
    private readonly clock: Clock,
  ) {}

  async verify(tenantId: OrganizationId, token: string): Promise<VerdictResponse> {
    const claims = await this.jwts.read(tenantId, token);
    const state = claims && (await this.grants.state(tenantId, claims.jti));
    if (!state) return { valid: false, revoked: false, reason: 'unknown_token' };
    const flaw = flawOf(state, this.clock.now());
    if (flaw === null && !this.jwts.hasExpired(claims)) return { valid: true, revoked: false, claims };
    const reason = flaw === 'revoked' ? (state.reason ?? flaw) : (flaw ?? 'expired');
    return { valid: false, revoked: flaw === 'revoked', reason, claims };
  }

  async revocations(
    { organization }: OrganizationActor,
    query: RevocationsQuery,
  ): Promise<RevocationResponse[]> {
    const window = byMoment(query);
    const rows = await this.grants.revocations(organization.id, window);
    const shown = page(window, rows, ({ revoked_at: at, jti: id }) => ({ at, id }));
    return shown.map((row) => RevocationResponse.from(row));
  }
}
