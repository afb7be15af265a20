import { Injectable } from '@nestjs/common';
import type { Actor, OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { windowById, toPage } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { AuditAction, AuditTarget } from './audit-actions.js';
import { AuditEventResponse, AuditQuery } from './dto/audit.dto.js';
import { AuditRepository } from './persistence/audit.repository.js';

export interface AuditEntry {
  organizationId: OrganizationId;
  action: AuditAction;
  /** What the action was performed on. */
  target: {
    type: AuditTarget;
    id: string;
  };
  /** Further facts. Never names or addresses of users: they would survive the deletion of the account. */
  details?: Record<string, unknown>;
}

/** Without a user, the server itself acts. */
export type AuditActor = (Pick<Actor, 'userId'> | { userId: null }) & { keyId?: string };

/** Records and lists the changes in an organization: actor, action and target. */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly events: AuditRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Writes an entry in the transaction of the recorded change. Throws outside of a transaction. */
  record(actor: AuditActor, entry: AuditEntry): Promise<void> {
    return this.recordEach(actor, [entry]);
  }

  /** Writes several entries; see `record`. */
  async recordEach(actor: AuditActor, entries: readonly AuditEntry[]): Promise<void> {
    if (!this.unitOfWork.inTransaction)
      throw new Error(`The audit event ${entries[0]?.action} must be recorded in a transaction.`);
    const events = entries.map(({ organizationId, action, target, details = {} }) => ({
      id: newId(),
      organization_id: organizationId,
      actor_id: actor.userId,
      api_key_id: actor.keyId ?? null,
      action,
      target_type: target.type,
      target_id: target.id,
      details,
      created_at: this.clock.now(),
    }));
    await this.events.insert(events);
  }

  /** Records an entry in the organization of the actor; see `record`. */
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
