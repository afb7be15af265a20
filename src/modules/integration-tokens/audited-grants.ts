import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { AuditLogService, OrganizationAccessService } from '../organizations/index.js';
import { isValid } from './grant-state.rules.js';
import { integrationErrors } from './integration-tokens.errors.js';
import type { IntegrationGrant } from './persistence/integration-grant.entity.js';
import {
  type GrantState,
  IntegrationGrantRepository,
  type Revocation,
} from './persistence/integration-grant.repository.js';

/** The rows of grants with what goes with every change of them. Inside the caller's unit of work. */
@Injectable()
export class AuditedGrants {
  constructor(
    private readonly grants: IntegrationGrantRepository,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
  ) {}

  /** The actor's right, judged once more; nobody loses theirs while this goes on. */
  async lockAndReauthorize(actor: OrganizationActor): Promise<void> {
    await this.access.lockAndReauthorize(actor, 'integration_tokens.manage', { share: true });
  }

  async create(
    actor: OrganizationActor,
    grant: IntegrationGrant,
    action: 'integration_token.granted' | 'integration_token.rotated',
    details: object = {},
  ): Promise<void> {
    await this.grants.insert(grant);
    const { mode, origin, scopes } = grant;
    await this.record(actor, action, grant.jti, { mode, origin, scopes, ...details });
  }

  /** A grant whose token still works; throws `integration_token_inactive`. */
  async findActive({ organization }: OrganizationActor, jti: string): Promise<GrantState> {
    const state = await this.grants.findState(organization.id, jti);
    if (!state) throw integrationErrors.integration_token_not_found();
    if (!isValid(state, this.clock.now())) throw integrationErrors.integration_token_inactive();
    return state;
  }

  /** Ends a grant that is exchanged for another; throws `integration_token_inactive` to all but one of many. */
  async replace(actor: OrganizationActor, jti: string, reason: string): Promise<void> {
    if (!(await this.grants.replace(actor.organization.id, jti, this.buildRevocation(actor, reason))))
      throw integrationErrors.integration_token_inactive();
  }

  async revoke(actor: OrganizationActor, jti: string, reason: string): Promise<void> {
    const { id } = actor.organization;
    if (!(await this.grants.findState(id, jti))) throw integrationErrors.integration_token_not_found();
    if (await this.grants.revoke(id, jti, this.buildRevocation(actor, reason)))
      await this.record(actor, 'integration_token.revoked', jti, { reason });
  }

  assertExactlyOne(alternatives: Record<string, string | undefined>): void {
    if (Object.values(alternatives).filter((value) => value !== undefined).length === 1) return;
    const message = `give exactly one of ${Object.keys(alternatives).join(' and ')}`;
    throw invalidField(Object.keys(alternatives)[0] ?? '', 'one_of', message);
  }

  private buildRevocation({ userId }: OrganizationActor, reason: string): Revocation {
    return { at: this.clock.now(), by: userId, reason };
  }

  private async record(
    { organization, ...auditActor }: OrganizationActor,
    action: 'integration_token.granted' | 'integration_token.rotated' | 'integration_token.revoked',
    jti: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    const target = { type: 'integration_token', id: jti } as const;
    await this.audit.record(auditActor, { organizationId: organization.id, action, target, details });
  }
}
