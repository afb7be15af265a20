import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { KnowledgeChunk } from '@/modules/knowledge/chunks/persistence/knowledge-chunk.entity.js';
import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { highlightSql } from '@/platform/search/index.js';

export interface HitRow {
  id: string;
  document_id: string;
  version_id: string;
  version: number;
  title: string;
  content: string;
  heading_path: string[];
  page: number | null;
  start_offset: number;
  end_offset: number;
  parent_start: number;
  parent_end: number;
  filename: string;
  visibility: Visibility;
  metadata: Record<string, unknown>;
  /** The content with matches marked; see `toSnippet`. */
  highlight: string;
}

/** `$4` chunks, `$5` any of the words. */
const FIND_HITS = scopeToReader(
  'knowledge.search.hits',
  (readable) => `WITH readable AS MATERIALIZED (${readable})
    SELECT c.id, c.document_id, c.version_id, v.version, d.title, c.content, c.heading_path, c.page, c.start_offset,
      c.end_offset, c.parent_start, c.parent_end, v.filename, p.visibility, d.metadata,
      ${highlightSql('c.configuration', 'c.content', '$5')} AS highlight
    FROM unnest($4::uuid[]) WITH ORDINALITY f (id, ordinal)
    JOIN knowledge_chunks c ON c.id = f.id
    JOIN knowledge_documents d ON d.id = c.document_id AND d.ready_version_id = c.version_id
    JOIN readable p ON p.id = d.partition_id
    JOIN knowledge_document_versions v ON v.id = c.version_id
    ORDER BY f.ordinal`,
);

/** Reads chunks that were found. */
@Injectable()
export class HitRepository extends RepositoryBase<KnowledgeChunk> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeChunk);
  }

  /** Returns the chunks in the order of `ids`, without those that were deleted or that the reader may not read any more. */
  findHits(
    reader: KnowledgeReader,
    conversationId: string | null,
    ids: readonly string[],
    anyWord: string,
  ): Promise<HitRow[]> {
    const values = [...readerParameters(reader, conversationId), ids, anyWord];
    return this.query(forReader(FIND_HITS, reader), values);
  }
}
