import { Injectable } from '@nestjs/common';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

export interface ChunkRow {
  id: string;
  document_id: string;
  version: number;
  ordinal: number;
  content: string;
  heading_path: string[];
  page: number | null;
  start_offset: number;
  end_offset: number;
}

const COLUMNS = `c.id, c.document_id, c.ordinal, c.content, c.heading_path, c.page, c.start_offset, c.end_offset, v.version`;
/** The version that readers find. */
const READY = `knowledge_documents d JOIN knowledge_document_versions v ON v.id = d.ready_version_id
  JOIN knowledge_chunks c ON c.version_id = v.id`;

const LIST = defineKeyset(
  'knowledge_chunks.list',
  'c.ordinal > $3::integer',
  (after) => `SELECT ${COLUMNS} FROM ${READY}
    WHERE d.id = $1 ${after} ORDER BY c.ordinal LIMIT $2`,
);

const FIND_WITH_NEIGHBOURS = {
  name: 'knowledge_chunks.find_with_neighbours',
  text: `SELECT ${COLUMNS} FROM ${READY}
         JOIN knowledge_chunks t ON t.version_id = v.id AND c.ordinal BETWEEN t.ordinal - $3 AND t.ordinal + $3
         WHERE d.id = $1 AND t.id = $2 ORDER BY c.ordinal`,
};

/** Reads chunks of one document. The caller has checked that the reader may read the document. */
@Injectable()
export class DocumentChunkRepository extends RepositoryBase<KnowledgeDocument> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeDocument);
  }

  /** Returns chunks in document order. */
  list(documentId: string, window: PageWindow<number>): Promise<ChunkRow[]> {
    return this.query<ChunkRow>(...keysetQuery(LIST, [documentId], window));
  }

  /** Returns the chunk with `neighbours` chunks before and after it, in document order; nothing without such a chunk. */
  findWithNeighbours(documentId: string, id: string, neighbours: number): Promise<ChunkRow[]> {
    return this.query<ChunkRow>(FIND_WITH_NEIGHBOURS, [documentId, id, neighbours]);
  }
}
