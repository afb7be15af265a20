import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import type { Place } from '@/modules/knowledge/access/persistence/partition.repository.js';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { knowledgeErrors } from '@/modules/knowledge/knowledge.errors.js';
import { mapConstraintErrors, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { DOCUMENT_COLUMNS, type DocumentRow, LATEST_VERSION } from './document-sql.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

const FIND = scopeToReader(
  'knowledge_documents.find',
  (readable) => `WITH p AS MATERIALIZED (${readable})
    SELECT ${DOCUMENT_COLUMNS} FROM knowledge_documents d JOIN p ON p.id = d.partition_id JOIN ${LATEST_VERSION}
    WHERE d.id = $4`,
  'own',
);

const LOCK = {
  name: 'knowledge_documents.lock',
  text: 'SELECT id FROM knowledge_documents WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
};

/** Uses the index on the hashes of the files. */
const FIND_EQUAL = {
  name: 'knowledge_documents.find_equal',
  text: `SELECT d.id FROM knowledge_document_versions v
         JOIN knowledge_documents d ON d.id = v.document_id AND d.version = v.version
         WHERE v.sha256 = $1 AND d.partition_id = $2 AND d.collection_id IS NOT DISTINCT FROM $3::uuid
           AND d.path IS NOT DISTINCT FROM $4::text ORDER BY d.id LIMIT 1`,
};

const FIND_BY_PATH = {
  name: 'knowledge_documents.find_by_path',
  text: 'SELECT id FROM knowledge_documents WHERE collection_id = $1 AND path = $2',
};

const INSERT = {
  name: 'knowledge_documents.insert',
  text: `INSERT INTO knowledge_documents (id, partition_id, uploaded_by, collection_id, path, title, metadata, version,
           ready_version, created_at, updated_at, has_default_title)
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, 1, NULL, $8, $8, $9)`,
};

const ADVANCE_VERSION = {
  name: 'knowledge_documents.advance_version',
  text: 'UPDATE knowledge_documents SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING version',
};

const UPDATE = {
  name: 'knowledge_documents.update',
  text: `UPDATE knowledge_documents SET title = $2, metadata = $3::jsonb, partition_id = $4, collection_id = $5, path = $6,
           uploaded_by = $7, updated_at = $8, has_default_title = $9 WHERE id = $1`,
};

const FIND_PLACES = {
  name: 'knowledge_documents.find_places',
  text: `SELECT d.id, p.visibility, p.owner_id, p.organization_id, p.team_id, p.conversation_id
         FROM knowledge_documents d JOIN knowledge_partitions p ON p.id = d.partition_id WHERE d.id = ANY($1::uuid[])`,
};

const DELETE = {
  name: 'knowledge_documents.delete',
  text: 'DELETE FROM knowledge_documents WHERE id = ANY($1::uuid[])',
};

const CONSTRAINT_ERRORS = {
  knowledge_documents_path_key: knowledgeErrors.document_path_taken,
  knowledge_documents_collection_id_fkey: knowledgeErrors.collection_not_found,
};

export type NewDocument = Omit<
  KnowledgeDocument,
  'version' | 'ready_version' | 'ready_version_id' | 'bytes' | 'updated_at'
>;

export type DocumentChanges = Pick<
  KnowledgeDocument,
  'title' | 'has_default_title' | 'metadata' | 'partition_id' | 'collection_id' | 'path' | 'uploaded_by'
>;

/** Stores documents. A reader finds only documents that they may read now. */
@Injectable()
export class DocumentRepository extends RepositoryBase<KnowledgeDocument> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeDocument);
  }

  find(reader: KnowledgeReader, id: string): Promise<DocumentRow | undefined> {
    return this.one<DocumentRow>(forReader(FIND, reader), [...readerParameters(reader, null), id]);
  }

  /** Locks documents until the surrounding transaction ends. */
  async lock(...ids: string[]): Promise<void> {
    await this.query(LOCK, [ids]);
  }

  /** Returns the id of a document whose latest version has these bytes, in the same place. */
  async findEqual(
    sha256: string,
    { partition_id, collection_id, path }: Pick<NewDocument, 'partition_id' | 'collection_id' | 'path'>,
  ): Promise<string | null> {
    const row = await this.one<{ id: string }>(FIND_EQUAL, [sha256, partition_id, collection_id, path]);
    return row?.id ?? null;
  }

  async findByPath(collectionId: string, path: string): Promise<string | null> {
    return (await this.one<{ id: string }>(FIND_BY_PATH, [collectionId, path]))?.id ?? null;
  }

  /** Throws `document_path_taken`, or `collection_not_found` for a collection that was just deleted. */
  async insert(row: NewDocument): Promise<void> {
    const { id, partition_id, uploaded_by, collection_id, path, title, metadata, created_at } = row;
    const values = [
      id,
      partition_id,
      uploaded_by,
      collection_id,
      path,
      title,
      JSON.stringify(metadata),
      created_at,
      row.has_default_title,
    ];
    await mapConstraintErrors(CONSTRAINT_ERRORS, () => this.query(INSERT, values));
  }

  /** Counts the versions on, and returns the number of the new one. */
  async advanceVersion(id: string, now: Date): Promise<number> {
    const row = await this.one<{ version: number }>(ADVANCE_VERSION, [id, now]);
    if (!row) throw knowledgeErrors.document_not_found();
    return row.version;
  }

  /** Throws `document_path_taken`, or `collection_not_found` for a collection that was just deleted. */
  async update(id: string, changes: DocumentChanges, now: Date): Promise<void> {
    const { title, metadata, partition_id, collection_id, path, uploaded_by } = changes;
    const values = [
      ...[id, title, JSON.stringify(metadata), partition_id, collection_id, path, uploaded_by, now],
      changes.has_default_title,
    ];
    await mapConstraintErrors(CONSTRAINT_ERRORS, () => this.query(UPDATE, values));
  }

  /** Returns the readers of documents, for the audit log. */
  findPlaces(ids: readonly string[]): Promise<(Place & { id: string })[]> {
    return this.query(FIND_PLACES, [ids]);
  }

  async delete(ids: readonly string[]): Promise<void> {
    await this.query(DELETE, [ids]);
  }
}
