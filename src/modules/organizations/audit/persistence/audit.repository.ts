import type { OrganizationId } from '../../../../platform/kernel/ids.js';
import { Injectable } from '@nestjs/common';
import type { Window } from '../../../../platform/http/page.js';
import { RepositoryBase, UnitOfWork } from '../../../../platform/persistence/index.js';
import type { AuditAction } from '../audit-actions.js';
import { AuditEvent } from './audit-event.entity.js';

/** An event with the names that people still have. */
export interface NamedEvent extends AuditEvent {
  actor_username: string | null;
  target_username: string | null;
}

export interface AuditFilter {
  action?: AuditAction;
  actor_id?: string;
  target_id?: string;
}

const LIST = {
  name: 'audit.list',
  text: `SELECT e.*, a.username AS actor_username, t.username AS target_username
         FROM audit_events e LEFT JOIN users a ON a.id = e.actor_id
         LEFT JOIN users t ON e.target_type = 'user' AND t.id = e.target_id
         WHERE e.organization_id = $1 AND ($2::uuid IS NULL OR e.id < $2)
           AND ($3::text IS NULL OR e.action = $3) AND ($4::uuid IS NULL OR e.actor_id = $4)
           AND ($5::uuid IS NULL OR e.target_id = $5)
         ORDER BY e.id DESC LIMIT $6`,
};

@Injectable()
export class AuditRepository extends RepositoryBase<AuditEvent> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, AuditEvent);
  }

  async insert(event: AuditEvent): Promise<void> {
    await this.rows.insert(event as never);
  }

  list(
    organizationId: OrganizationId,
    { action, actor_id, target_id }: AuditFilter,
    window: Window<string>,
  ): Promise<NamedEvent[]> {
    const filter = [action ?? null, actor_id ?? null, target_id ?? null];
    return this.query<NamedEvent>(LIST, [organizationId, window.after, ...filter, window.take]);
  }
}
