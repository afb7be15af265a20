import { Injectable } from '@nestjs/common';
import type { Place } from '@/modules/knowledge/access/persistence/partition.repository.js';
import { AuditLogService } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';

type DocumentAction = 'shared' | 'updated' | 'version_uploaded' | 'unshared' | 'deleted';

/** Records changes of shared documents in the audit log of their organization. Nothing is recorded of personal ones. */
@Injectable()
export class DocumentAuditor {
  constructor(private readonly audit: AuditLogService) {}

  async record(
    actor: Actor,
    action: DocumentAction,
    documentId: string,
    place: Place,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await this.recordEach(actor, action, [{ ...place, id: documentId }], details);
  }

  /** Records the same change of several documents. */
  async recordEach(
    actor: Actor,
    action: DocumentAction,
    documents: readonly (Place & { id: string })[],
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const entries = documents.flatMap(
      ({ id, organization_id: organizationId, owner_id, visibility, team_id }) => {
        if (owner_id !== null || organizationId === null) return [];
        const target = { type: 'document', id } as const;
        const facts = { visibility, ...(team_id === null ? {} : { team_id }), ...details };
        return [{ organizationId, action: `document.${action}`, target, details: facts } as const];
      },
    );
    if (entries.length > 0) await this.audit.recordEach(actor, entries);
  }
}
