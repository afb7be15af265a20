import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { isId, type OrganizationId } from '@/platform/kernel/ids.js';
import { invalidReason } from './grant-state.rules.js';
import { IntegrationJwtService } from './integration-jwt.service.js';
import { IntegrationGrantRepository } from './persistence/integration-grant.repository.js';

/** The grant of a valid token. */
export interface AuthenticatedGrant {
  jti: string;
  organizationId: OrganizationId;
  /** The only origin whose pages may use the token. */
  origin: string;
  scopes: readonly string[];
  /** The member who made the grant. */
  createdBy: string;
}

/** Authenticates the pages of partners by their token. */
@Injectable()
export class IntegrationTokenAuthenticator {
  constructor(
    private readonly grants: IntegrationGrantRepository,
    private readonly integrationJwt: IntegrationJwtService,
    private readonly clock: Clock,
  ) {}

  /** Returns null for a token that is not valid now. */
  async authenticate(token: string): Promise<AuthenticatedGrant | null> {
    const tenantId = readTenantId(token);
    const claims = tenantId && (await this.integrationJwt.readClaims(tenantId, token));
    if (!claims || this.integrationJwt.hasExpired(claims)) return null;
    const state = await this.grants.findState(tenantId, claims.jti);
    if (!state?.created_by || invalidReason(state, this.clock.now()) !== null) return null;
    const { jti, origin, scopes, created_by: createdBy } = state;
    return { jti, organizationId: tenantId, origin, scopes, createdBy };
  }

  /**
   * Returns those of the tokens that were revoked, or whose creator has lost access. An expired token is not ended: it has
   * opened what is open.
   */
  async findEnded(jtis: readonly string[]): Promise<string[]> {
    return jtis.length === 0 ? [] : this.grants.listEnded(jtis);
  }
}

/** Returns the tenant that a token names, which is not verified yet. */
function readTenantId(token: string): OrganizationId | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { tid } = (payload ?? {}) as { tid?: unknown };
    return typeof tid === 'string' && isId(tid) ? (tid as OrganizationId) : null;
  } catch {
    return null;
  }
}
