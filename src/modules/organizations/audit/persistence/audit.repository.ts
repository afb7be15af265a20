import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  type Keyset,
  defineKeyset,
  keysetQuery,
  RepositoryBase,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import type { AuditAction } from '../audit-actions.js';
import { AuditEvent } from './audit-event.entity.js';

/** An event with the current usernames; null for deleted accounts. */
export interface AuditEventRow extends AuditEvent {
  actor_username: string | null;
  target_username: string | null;
}

export interface AuditFilter {
  action?: AuditAction;
  actor_id?: string;
  target_id?: string;
}

/** Of one statement, whose parameters are limited. */
const EVENTS_AT_ONCE = 1_000;

const FILTERS = ['action', 'actor_id', 'target_id'] as const;

/**
 * Builds one statement for each set of filters, because each set uses its own index. The subquery limits the page
 * before the usernames are joined.
 */
function buildListStatement(filters: readonly (typeof FILTERS)[number][]): Keyset {
  const conditions = filters.map((column, index) => `AND p.${column} = $${index + 2}`).join(' ');
  const limitParameter = filters.length + 2;
  return defineKeyset(
    ['audit.list', ...filters].join('_'),
    `p.id < $${limitParameter + 1}::uuid`,
    (after) => `
      SELECT e.*, a.username AS actor_username, t.username AS target_username
      FROM (
        SELECT * FROM audit_events p WHERE p.organization_id = $1 ${conditions} ${after} ORDER BY p.id DESC LIMIT $${limitParameter}
      ) e
      LEFT JOIN users a ON a.id = e.actor_id LEFT JOIN users t ON e.target_type = 'user' AND t.id = e.target_id
      ORDER BY e.id DESC`,
  );
}

@Injectable()
export class AuditRepository extends RepositoryBase<AuditEvent> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, AuditEvent);
  }

  async insert(events: readonly AuditEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += EVENTS_AT_ONCE)
      await this.rows.insert(
        events.slice(from, from + EVENTS_AT_ONCE) as QueryDeepPartialEntity<AuditEvent>[],
      );
  }

  list(
    organizationId: OrganizationId,
    filter: AuditFilter,
    window: PageWindow<string>,
  ): Promise<AuditEventRow[]> {
    const usedFilters = FILTERS.filter((column) => filter[column] !== undefined);
    const values = usedFilters.map((column) => filter[column]);
    return this.query<AuditEventRow>(
      ...keysetQuery(buildListStatement(usedFilters), [organizationId, ...values], window),
    );
  }
}
