import { Injectable } from '@nestjs/common';
import { isManageableSql } from '@/modules/knowledge/access/persistence/manageable.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { LATEST_VERSION } from './document-sql.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

/** A document of a collection, for its manager. */
export interface CollectionDocument {
  id: string;
  path: string | null;
  sha256: string;
  manageable: boolean;
}

const LOCK = {
  name: 'knowledge_documents.lock_collection',
  text: 'SELECT id FROM knowledge_documents WHERE collection_id = $1 ORDER BY id FOR UPDATE',
};

const LIST = {
  name: 'knowledge_documents.list_collection',
  text: `SELECT d.id, d.path, v.sha256, ${isManageableSql('d.uploaded_by')} AS manageable
         FROM knowledge_documents d JOIN knowledge_partitions p ON p.id = d.partition_id JOIN ${LATEST_VERSION}
         WHERE d.collection_id = $2 ORDER BY d.path, d.id`,
};

const MOVE = {
  name: 'knowledge_documents.move_collection',
  text: `UPDATE knowledge_documents SET partition_id = $2, uploaded_by = coalesce($3::uuid, uploaded_by), updated_at = $4
         WHERE collection_id = $1`,
};

const DETACH = {
  name: 'knowledge_documents.detach_collection',
  text: `UPDATE knowledge_documents SET collection_id = NULL, path = NULL, updated_at = $2 WHERE collection_id = $1`,
};

/** The documents of a collection that the actor may read. */
@Injectable()
export class CollectionDocumentsRepository extends RepositoryBase<KnowledgeDocument> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeDocument);
  }

  list(userId: string, collectionId: string): Promise<CollectionDocument[]> {
    return this.query<CollectionDocument>(LIST, [userId, collectionId]);
  }

  /** Locks the documents until the surrounding transaction ends, and returns them. */
  async lock(userId: string, collectionId: string): Promise<CollectionDocument[]> {
    await this.query(LOCK, [collectionId]);
    return this.list(userId, collectionId);
  }

  /** Moves the documents to another partition; `uploadedBy` replaces their uploader unless it is null. */
  async move(collectionId: string, partitionId: string, uploadedBy: string | null, now: Date): Promise<void> {
    await this.query(MOVE, [collectionId, partitionId, uploadedBy, now]);
  }

  /** Removes the documents from the collection. */
  async detach(collectionId: string, now: Date): Promise<void> {
    await this.query(DETACH, [collectionId, now]);
  }
}
