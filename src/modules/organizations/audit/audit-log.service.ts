import { Injectable } from '@nestjs/common';
import type { Actor, OrganizationActor } from '@/platform/access/actor.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { windowById, toPage } from '@/platform/pagination/page.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { AuditAction } from './audit-actions.js';
import { AuditEventResponse, AuditQuery } from './dto/audit.dto.js';
import { AuditRepository } from './persistence/audit.repository.js';

export interface AuditEntry {
  organizationId: OrganizationId;
  action: AuditAction;
  /** Who or what it was done to; `user`s are shown with their name. */
  target: {
    type: 'organization' | 'user' | 'team' | 'invitation' | 'api_key' | 'integration_token';
    id: string;
  };
  /** Facts without names or addresses of people. */
  details?: Record<string, unknown>;
}

type AuditActor = Pick<Actor, 'userId'> & { keyId?: string };

/** Who changed what in an organization. */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly events: AuditRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Writes an entry in the transaction of the change it speaks of; refuses outside of one. */
  async record(
    actor: AuditActor,
    { organizationId, action, target, details = {} }: AuditEntry,
  ): Promise<void> {
    if (!this.unitOfWork.inTransaction) throw new Error(`${action} is recorded outside of its transaction.`);
    await this.events.insert({
      id: newId(),
      organization_id: organizationId,
      actor_id: actor.userId,
      api_key_id: actor.keyId ?? null,
      action,
      target_type: target.type,
      target_id: target.id,
      details,
      created_at: this.clock.now(),
    });
  }

  /** Writes an entry about `target` in the organization of the actor; otherwise like `record`. */
  recordFor(
    actor: OrganizationActor,
    action: AuditAction,
    target: AuditEntry['target'],
    details?: AuditEntry['details'],
  ): Promise<void> {
    return this.record(actor, { organizationId: actor.organization.id, action, target, details });
  }

  async list({ organization }: OrganizationActor, query: AuditQuery): Promise<AuditEventResponse[]> {
    const window = windowById(query);
    const events = await this.events.list(organization.id, query, window);
    return toPage(window, events, ({ id }) => id).map((event) => AuditEventResponse.from(event));
  }
}
