import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';
import {
  lengthSql,
  lexemesSql,
  titledLexemesSql,
  titledSql,
  titleLexemesSql,
} from '@/platform/search/index.js';
import { CONTEXT_SEPARATOR, type IndexedVersion, type StagedVersion } from '../chunks.rules.js';
import {
  ChunkChangeRepository,
  CHUNKS_AT_ONCE,
  COUNTED_CHUNK,
  IS_COUNTED,
  recountSql,
} from './chunk-change.repository.js';
import {
  COUNTED_COLUMNS,
  type StatisticsChange,
  statisticsChangeSql,
} from './chunk-statistics.repository.js';
import type { KnowledgeChunk } from './knowledge-chunk.entity.js';

/** Columns of a new chunk that the caller determines. */
export type ChunkRow = Omit<
  KnowledgeChunk,
  'document_id' | 'version_id' | 'partition_id' | 'configuration' | 'words' | 'length'
>;

const LOCK_DOCUMENTS = {
  name: 'knowledge.chunks.lock_documents',
  text: 'SELECT id FROM knowledge_documents WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
};

/**
 * `$1` chunks as JSON, `$2` version, `$3` configuration. Locks the version, so that the transaction that ends its processing
 * comes before or after; and before it the document, as other transactions do. Many chunks have the same context.
 */
const STAGE = {
  name: 'knowledge.chunks.stage',
  text: `WITH document AS MATERIALIZED (
      SELECT d.id, d.partition_id, d.version FROM knowledge_documents d
      WHERE d.id = (SELECT v.document_id FROM knowledge_document_versions v WHERE v.id = $2) FOR KEY SHARE
    ), version AS MATERIALIZED (
      SELECT v.id, d.id AS document_id, d.partition_id FROM document d
      JOIN knowledge_document_versions v ON v.document_id = d.id AND v.version = d.version
      WHERE v.id = $2 AND v.status = 'processing' FOR SHARE OF v
    ), rows AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset($1::jsonb) r (id uuid, ordinal integer, start_offset integer, end_offset integer,
        parent_start integer, parent_end integer, page integer, heading_path text[], context text, content text)
    ), contexts AS MATERIALIZED (
      SELECT r.context, ${titleLexemesSql('$3', 'r.context')} AS words FROM (SELECT DISTINCT context FROM rows) r
    ), added AS (
      INSERT INTO knowledge_chunks (id, document_id, version_id, partition_id, ordinal, start_offset, end_offset,
        parent_start, parent_end, page, heading_path, context, content, configuration, words, length)
      SELECT r.id, v.document_id, v.id, v.partition_id, r.ordinal, r.start_offset, r.end_offset, r.parent_start,
        r.parent_end, r.page, r.heading_path, r.context, r.content, $3, w.words, ${lengthSql('w.words')}
      FROM version v CROSS JOIN rows r JOIN contexts t ON t.context = r.context
      CROSS JOIN LATERAL (SELECT ${titledSql('t.words', lexemesSql('$3', 'r.content'))} AS words OFFSET 0) w
      ON CONFLICT (version_id, ordinal) DO NOTHING
    ) SELECT id FROM version`,
};

const DISCARD = {
  name: 'knowledge.chunks.discard',
  text: `DELETE FROM knowledge_chunks c USING knowledge_documents d
    WHERE c.version_id = $1 AND d.id = c.document_id AND d.ready_version_id IS DISTINCT FROM $1`,
};

/** `$1` document, `$2` version. */
const REPLACE = {
  name: 'knowledge.chunks.replace',
  text: `WITH removed AS (
      DELETE FROM knowledge_chunks c USING knowledge_documents d
      WHERE c.document_id = $1 AND c.version_id <> $2 AND d.id = c.document_id RETURNING ${COUNTED_CHUNK}, ${IS_COUNTED} AS counted
    ), added AS MATERIALIZED (
      SELECT ${COUNTED_CHUNK} FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id WHERE c.version_id = $2
    )
    ${statisticsChangeSql(
      `SELECT ${COUNTED_COLUMNS}, -1 AS sign FROM removed WHERE counted
      UNION ALL SELECT ${COUNTED_COLUMNS}, 1 FROM added`,
      ', (SELECT count(*)::integer FROM added) AS added',
    )}`,
};

const DELETE = {
  name: 'knowledge.chunks.delete',
  text: `WITH removed AS (
      DELETE FROM knowledge_chunks c USING knowledge_documents d
      WHERE c.document_id = ANY($1::uuid[]) AND d.id = c.document_id RETURNING ${COUNTED_CHUNK}, ${IS_COUNTED} AS counted
    )${statisticsChangeSql(`SELECT ${COUNTED_COLUMNS}, -1 AS sign FROM removed WHERE counted`)}`,
};

/** As toChunkContext. */
const retitledContextSql = (title: string): string => `array_to_string(ARRAY[${title}] || CASE
  WHEN c.heading_path[1] = ${title} THEN c.heading_path[2:] ELSE c.heading_path END, '${CONTEXT_SEPARATOR}')`;

const rewordSql = (context: string): string =>
  `(words, length) = (SELECT w.words, ${lengthSql('w.words')} FROM (
    SELECT ${titledLexemesSql('c.configuration', context, 'c.content')} AS words OFFSET 0) w)`;

/** `$1` document. */
const RETITLE = {
  name: 'knowledge.chunks.retitle',
  text: recountSql(
    `c.id = ANY(ARRAY(SELECT c.id FROM knowledge_documents d JOIN knowledge_chunks c ON c.version_id = d.ready_version_id
      WHERE d.id = $1 AND c.context <> ${retitledContextSql('d.title')} LIMIT ${CHUNKS_AT_ONCE}))`,
    `context = ${retitledContextSql('old.title')}, ${rewordSql(retitledContextSql('old.title'))}`,
    ', (SELECT count(*)::integer FROM old) AS reworded',
  ),
};

/** `$1` chunks. */
const REWORD = {
  name: 'knowledge.chunks.reword',
  text: recountSql('c.id = ANY($1::uuid[])', rewordSql('c.context')),
};

/**
 * Writes chunks, and returns what the statistics have to add. Callers run it in a transaction, and lock the documents first.
 * Processes documents by their ids: whether the caller may change them was decided before.
 */
@Injectable()
export class ChunkIndexRepository extends ChunkChangeRepository {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork);
  }

  /** Locks the documents until the end of the transaction. */
  async lock(documentIds: readonly string[]): Promise<void> {
    await this.query(LOCK_DOCUMENTS, [documentIds]);
  }

  /** Inserts chunks that no reader finds yet, without a lock of the caller. Returns false when the version is not processed any more. */
  async stage(version: StagedVersion, configuration: string, chunks: ChunkRow[]): Promise<boolean> {
    return this.affectedOneRow(STAGE, [JSON.stringify(chunks), version.versionId, configuration]);
  }

  /** Deletes the chunks of a version that is not ready. */
  async discard(versionId: string): Promise<void> {
    await this.query(DISCARD, [versionId]);
  }

  /** Deletes the chunks of all other versions of the document. `added` is the number of chunks of the version. */
  async replace({ id, versionId }: IndexedVersion): Promise<StatisticsChange & { added: number }> {
    return this.change<{ added: number }>(REPLACE, [id, versionId]);
  }

  delete(documentIds: readonly string[]): Promise<StatisticsChange> {
    return this.change(DELETE, [documentIds]);
  }

  /** Brings the title of a document into the context of some chunks. `reworded` is their number. */
  retitle(documentId: string): Promise<StatisticsChange & { reworded: number }> {
    return this.change<{ reworded: number }>(RETITLE, [documentId]);
  }

  /** Computes the lexemes of chunks again. */
  reword(chunkIds: readonly string[]): Promise<StatisticsChange> {
    return this.change(REWORD, [chunkIds]);
  }
}
