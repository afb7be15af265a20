import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { ChunkChangeRepository, CHUNKS_AT_ONCE } from './chunk-change.repository.js';
import type { StatisticsChange } from './chunk-statistics.repository.js';

/** Triggers count bytes in the old and the new partition of a document that moves. The locks are taken in the order of the ids. */
const LOCK_PARTITIONS = {
  name: 'knowledge.chunks.lock_partitions',
  text: 'SELECT id FROM knowledge_partitions WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
};

/** `$1` documents, `$2` partition. Each word is counted once, and added to two partitions. */
const RECOUNT = {
  name: 'knowledge.chunks.recount_moved',
  text: `WITH moved AS MATERIALIZED (
      SELECT d.partition_id, c.configuration, c.length, c.words FROM knowledge_documents d
      JOIN knowledge_chunks c ON c.version_id = d.ready_version_id
      WHERE d.id = ANY($1::uuid[]) AND d.partition_id <> $2::uuid
    ), sizes AS MATERIALIZED (
      SELECT partition_id, configuration, count(*)::integer AS chunks, sum(length)::bigint AS length FROM moved GROUP BY 1, 2
    ), lexemes AS MATERIALIZED (
      SELECT m.partition_id, w.lexeme, count(*)::integer AS chunks
      FROM moved m CROSS JOIN LATERAL unnest(m.words) w GROUP BY 1, 2
    )
    SELECT ARRAY(SELECT partition_id FROM sizes UNION SELECT $2::uuid ORDER BY 1) AS partition_ids,
      (SELECT jsonb_agg(s)::text FROM (
        SELECT partition_id, configuration, -chunks AS chunks, -length AS length FROM sizes
        UNION ALL SELECT $2::uuid, configuration, sum(chunks)::integer, sum(length)::bigint FROM sizes GROUP BY 2) s) AS sizes,
      (SELECT json_object_agg(t.partition_id, t.lexemes)::text FROM (
        SELECT partition_id, json_object_agg(lexeme, -chunks) AS lexemes FROM lexemes GROUP BY 1
        UNION ALL SELECT $2::uuid, json_object_agg(lexeme, chunks) FROM (
          SELECT lexeme, sum(chunks)::integer AS chunks FROM lexemes GROUP BY 1) l) t) AS terms,
      ARRAY(SELECT partition_id FROM knowledge_documents WHERE id = ANY($1::uuid[])) AS left_ids`,
};

/** Returns a statement that moves some chunks of the documents `$1`, of whatever version. */
const moveSql = (target: string): string => `UPDATE knowledge_chunks c SET partition_id = ${target}
    FROM knowledge_documents d WHERE d.id = c.document_id AND c.id = ANY(ARRAY(
      SELECT c.id FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id
      WHERE c.document_id = ANY($1::uuid[]) AND c.partition_id <> ${target} LIMIT ${CHUNKS_AT_ONCE})) RETURNING 1`;

/** `$2` partition. */
const MOVE = { name: 'knowledge.chunks.move', text: moveSql('$2::uuid') };

const FOLLOW = { name: 'knowledge.chunks.follow', text: moveSql('d.partition_id') };

/** `$1` documents, `$2` partition. */
const FIND_ELSEWHERE = {
  name: 'knowledge.chunks.find_elsewhere',
  text: `SELECT d.id FROM knowledge_documents d WHERE d.id = ANY($1::uuid[]) AND EXISTS (
      SELECT FROM knowledge_chunks c WHERE c.document_id = d.id AND c.partition_id <> $2) ORDER BY d.id`,
};

/**
 * Moves chunks to the partition of their document. Callers run it in a transaction, and lock the documents first. Processes
 * documents by their ids: whether the caller may move them was decided before.
 */
@Injectable()
export class ChunkMoveRepository extends ChunkChangeRepository {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork);
  }

  async lockPartitions(partitionIds: readonly string[]): Promise<void> {
    await this.query(LOCK_PARTITIONS, [partitionIds]);
  }

  /**
   * Returns what the statistics have to add for documents that move to a partition; call it before they have it. `left_ids` are
   * the partitions that they have.
   */
  recount(
    documentIds: readonly string[],
    partitionId: string,
  ): Promise<StatisticsChange & { left_ids: string[] }> {
    return this.change<{ left_ids: string[] }>(RECOUNT, [documentIds, partitionId]);
  }

  /** Moves some chunks of documents to a partition. Returns their number. */
  async move(documentIds: readonly string[], partitionId: string): Promise<number> {
    return (await this.query(MOVE, [documentIds, partitionId])).length;
  }

  /** Moves some chunks of documents to the partitions of these. Returns their number. */
  async follow(documentIds: readonly string[]): Promise<number> {
    return (await this.query(FOLLOW, [documentIds])).length;
  }

  /** Returns those of the documents that have chunks in other partitions. */
  async findElsewhere(documentIds: readonly string[], partitionId: string): Promise<string[]> {
    return (await this.query<{ id: string }>(FIND_ELSEWHERE, [documentIds, partitionId])).map(({ id }) => id);
  }
}
