import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

const DETACH = {
  name: 'knowledge_documents.detach_uploader',
  text: `WITH shared AS (
      SELECT id FROM knowledge_partitions WHERE organization_id = $1 AND owner_id IS NULL
    ), collections AS (
      UPDATE knowledge_collections SET created_by = NULL
      WHERE created_by = $2 AND partition_id IN (SELECT id FROM shared)
    ), documents AS (
      UPDATE knowledge_documents SET uploaded_by = NULL
      WHERE uploaded_by = $2 AND partition_id IN (SELECT id FROM shared) RETURNING 1
    ) SELECT count(*)::int AS count FROM documents`,
};

/** Who uploaded shared documents. */
@Injectable()
export class UploaderRepository extends RepositoryBase<KnowledgeDocument> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeDocument);
  }

  /** Forgets who uploaded shared documents and made shared collections. Returns the number of documents. */
  async detach(organizationId: OrganizationId, userId: string): Promise<number> {
    return (await this.one<{ count: number }>(DETACH, [organizationId, userId]))?.count ?? 0;
  }
}
