import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';

/** The readers of a document that a team or an organization reads. */
export interface SharedPlace {
  organization_id: OrganizationId;
  visibility: 'team' | 'organization';
  team_id: string | null;
}

const FIND = {
  name: 'ingestion.find_shared',
  text: `SELECT p.organization_id, p.visibility, p.team_id
         FROM knowledge_documents d JOIN knowledge_partitions p ON p.id = d.partition_id
         WHERE d.id = $1 AND p.visibility IN ('team', 'organization')`,
};

/** Where a shared document is. */
@Injectable()
export class SharedDocumentRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns undefined for a document of one user. */
  async find(documentId: string): Promise<SharedPlace | undefined> {
    return (await this.unitOfWork.query<SharedPlace>(FIND, [documentId]))[0];
  }
}
