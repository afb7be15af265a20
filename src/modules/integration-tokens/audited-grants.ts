import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { AuditLogService, OrganizationAccessService } from '../organizations/index.js';
import { invalidReason } from './grant-state.rules.js';
import { integrationErrors } from './integration-tokens.errors.js';
import type { IntegrationGrant } from './persistence/integration-grant.entity.js';
import {
  type GrantState,
  IntegrationGrantRepository,
  type Revocation,
} from './persistence/integration-grant.repository.js';

type CreationAction = 'integration_token.granted' | 'integration_token.rotated';

/** Changes grants and writes the audit entry of each change. The caller must have opened a transaction. */
@Injectable()
export class AuditedGrants {
  constructor(
    private readonly grants: IntegrationGrantRepository,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
  ) {}

  /** Checks the permission of the actor again. Their role cannot change before the transaction ends. */
  async lockAndReauthorize(actor: OrganizationActor): Promise<void> {
    await this.access.lockAndReauthorize(actor, 'integration_tokens.manage', { share: true });
  }

  async create(
    actor: OrganizationActor,
    grant: IntegrationGrant,
    action: CreationAction,
    details: object = {},
  ): Promise<void> {
    await this.grants.insert(grant);
    const { jti, mode, origin, scopes } = grant;
    const target = { type: 'integration_token', id: jti } as const;
    await this.audit.recordFor(actor, action, target, { mode, origin, scopes, ...details });
  }

  /** Returns a valid grant. Throws `integration_token_not_found` or `integration_token_inactive`. */
  async findActive({ organization }: OrganizationActor, jti: string): Promise<GrantState> {
    const state = await this.grants.findState(organization.id, jti);
    if (!state) throw integrationErrors.integration_token_not_found();
    if (invalidReason(state, this.clock.now()) !== null) throw integrationErrors.integration_token_inactive();
    return state;
  }

  /**
   * Revokes a grant that is replaced by another. Throws `integration_token_inactive` for all but one of several
   * concurrent requests.
   */
  async replace(actor: OrganizationActor, jti: string, reason: string): Promise<void> {
    if (!(await this.grants.replace(actor.organization.id, jti, this.buildRevocation(actor, reason))))
      throw integrationErrors.integration_token_inactive();
  }

  /** Revokes a grant. Has no effect on one that is already revoked. Throws `integration_token_not_found`. */
  async revoke(actor: OrganizationActor, jti: string, reason: string): Promise<void> {
    const { id } = actor.organization;
    if (!(await this.grants.findState(id, jti))) throw integrationErrors.integration_token_not_found();
    const revoked = await this.grants.revoke(id, jti, this.buildRevocation(actor, reason));
    const target = { type: 'integration_token', id: jti } as const;
    if (revoked) await this.audit.recordFor(actor, 'integration_token.revoked', target, { reason });
  }

  private buildRevocation({ userId }: OrganizationActor, reason: string): Revocation {
    return { at: this.clock.now(), by: userId, reason };
  }
}
