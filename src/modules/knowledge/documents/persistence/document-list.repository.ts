import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import {
  forReader,
  readerParameters,
  type ReaderScopedStatement,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import type { DocumentStatus, Visibility } from '@/modules/knowledge/knowledge.rules.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { DOCUMENT_COLUMNS, type DocumentRow, LATEST_VERSION } from './document-sql.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

/** Restricts a list. An absent filter restricts nothing. */
export interface DocumentFilters {
  visibility: Visibility | null;
  status: DocumentStatus | null;
  /** Without it the list has no documents of conversations, with it no others. */
  conversationId: string | null;
  collectionId: string | null;
}

type Page = 'first' | 'next';

/**
 * `$4` visibility or null, `$5` status or null, `$6` number of rows, `$7` the last id of the page before. Each partition has
 * an index in the order of the list, and a collection has one of its own.
 */
const SELECT_IDS: Record<'all' | 'collection', (after: string) => string> = {
  all: (after) => `SELECT d.* FROM p CROSS JOIN LATERAL (
      SELECT d.* FROM knowledge_documents d
      WHERE d.partition_id = p.id ${after} AND ($5::text IS NULL OR EXISTS (
        SELECT FROM knowledge_document_versions v WHERE v.document_id = d.id AND v.version = d.version AND v.status = $5))
      ORDER BY d.id DESC LIMIT $6) d
    WHERE ($3::uuid IS NULL OR p.conversation_id = $3) AND ($4::text IS NULL OR p.visibility = $4)`,
  collection: (after) => `SELECT d.* FROM knowledge_documents d JOIN p ON p.id = d.partition_id
    WHERE d.collection_id = $7 ${after} AND ($3::uuid IS NULL OR p.conversation_id = $3)
      AND ($4::text IS NULL OR p.visibility = $4) AND ($5::text IS NULL OR EXISTS (
        SELECT FROM knowledge_document_versions v WHERE v.document_id = d.id AND v.version = d.version AND v.status = $5))`,
};

function listStatement(kind: 'all' | 'collection', page: Page): ReaderScopedStatement {
  const after = page === 'first' ? '' : `AND d.id < $${kind === 'all' ? 7 : 8}::uuid`;
  return scopeToReader(
    `knowledge_documents.list.${kind}.${page}`,
    (readable) => `WITH p AS MATERIALIZED (${readable}), d AS (
        ${SELECT_IDS[kind](after)} ORDER BY d.id DESC LIMIT $6)
      SELECT ${DOCUMENT_COLUMNS} FROM d JOIN p ON p.id = d.partition_id JOIN ${LATEST_VERSION} ORDER BY d.id DESC`,
  );
}

const LISTS = {
  all: { first: listStatement('all', 'first'), next: listStatement('all', 'next') },
  collection: { first: listStatement('collection', 'first'), next: listStatement('collection', 'next') },
};

/** Lists documents over all partitions of a reader, newest first. */
@Injectable()
export class DocumentListRepository extends RepositoryBase<KnowledgeDocument> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeDocument);
  }

  list(
    reader: KnowledgeReader,
    { visibility, status, conversationId, collectionId }: DocumentFilters,
    { after, take }: PageWindow<string>,
  ): Promise<DocumentRow[]> {
    const list = LISTS[collectionId === null ? 'all' : 'collection'][after === null ? 'first' : 'next'];
    const optional = [collectionId, after].filter((value) => value !== null);
    const filters = [...readerParameters(reader, conversationId), visibility, status];
    return this.query<DocumentRow>(forReader(list, reader), [...filters, take, ...optional]);
  }
}
