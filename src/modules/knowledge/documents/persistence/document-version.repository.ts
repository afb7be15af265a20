import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { DocumentVersion } from './document-version.entity.js';

const INSERT = {
  name: 'knowledge_document_versions.insert',
  text: `INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
           stage, progress_percent, error_code, error_message, warnings, language, chunk_count, text_length, created_at,
           updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', NULL, 0, NULL, NULL, '{}', NULL, 0, 0, $8, $8)`,
};

const INSERT_PART = {
  name: 'knowledge_document_parts.insert',
  text: `INSERT INTO knowledge_document_parts (version_id, kind, part, data) VALUES ($1, 'original', $2, $3)`,
};

const REQUEUE = {
  name: 'knowledge_document_versions.requeue',
  text: `UPDATE knowledge_document_versions SET status = 'queued', stage = NULL, progress_percent = 0, error_code = NULL,
           error_message = NULL, warnings = '{}', updated_at = $2 WHERE id = $1 AND status = 'failed' RETURNING id`,
};

/** Keeps the version that readers find. */
const DELETE_PENDING = {
  name: 'knowledge_document_versions.delete_pending',
  text: `DELETE FROM knowledge_document_versions v USING knowledge_documents d
         WHERE d.id = $1 AND v.document_id = d.id AND v.version IS DISTINCT FROM d.ready_version RETURNING v.id`,
};

const FIND_UNFINISHED = {
  name: 'knowledge_document_versions.find_unfinished',
  text: `SELECT id FROM knowledge_document_versions
         WHERE document_id = ANY($1::uuid[]) AND status IN ('queued', 'processing')`,
};

export type NewVersion = Pick<
  DocumentVersion,
  'id' | 'document_id' | 'version' | 'filename' | 'content_type' | 'size' | 'sha256' | 'created_at'
>;

/** Stores versions and their files. The caller has authorized the actor and locked the document. */
@Injectable()
export class DocumentVersionRepository extends RepositoryBase<DocumentVersion> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DocumentVersion);
  }

  /** Inserts a queued version with its file, piece by piece. */
  async insert(version: NewVersion, pieces: AsyncIterable<Buffer>): Promise<void> {
    const { id, document_id, filename, content_type, size, sha256, created_at } = version;
    const values = [id, document_id, version.version, filename, content_type, size, sha256, created_at];
    await this.query(INSERT, values);
    let part = 0;
    for await (const data of pieces) await this.query(INSERT_PART, [id, part++, data]);
  }

  /** Returns whether the version had failed. */
  requeue(id: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(REQUEUE, [id, now]);
  }

  /** Deletes the version of a document that no reader finds yet. Returns its id. */
  async deletePending(documentId: string): Promise<string[]> {
    return (await this.query<{ id: string }>(DELETE_PENDING, [documentId])).map(({ id }) => id);
  }

  /** Returns the versions of documents that wait or are processed. */
  async findUnfinished(documentIds: readonly string[]): Promise<string[]> {
    return (await this.query<{ id: string }>(FIND_UNFINISHED, [documentIds])).map(({ id }) => id);
  }
}
