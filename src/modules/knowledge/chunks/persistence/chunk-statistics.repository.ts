import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgeTerm } from './knowledge-term.entity.js';

/** What a change of chunks adds to the statistics, as JSON that the database writes and reads again. */
export interface StatisticsChange {
  partition_ids: string[];
  sizes: string | null;
  terms: string | null;
}

/** Columns of a chunk that the statistics count. */
export const COUNTED_COLUMNS = 'partition_id, configuration, length, words';

/**
 * Returns the end of a statement that returns a {@link StatisticsChange}, and `extra` columns. `changed` selects the counted
 * columns and `sign`: 1 for chunks that are added and -1 for removed ones.
 * The terms are json and not jsonb, which takes seconds for an object of many keys in an object.
 */
export const statisticsChangeSql = (
  changed: string,
  extra = '',
): string => `, changed AS MATERIALIZED (${changed}), lexemes AS (
    SELECT c.partition_id, w.lexeme, sum(c.sign)::integer AS chunks
    FROM changed c CROSS JOIN LATERAL unnest(c.words) w GROUP BY 1, 2 HAVING sum(c.sign) <> 0
  )
  SELECT ARRAY(SELECT DISTINCT partition_id FROM changed ORDER BY 1) AS partition_ids,
    (SELECT jsonb_agg(s)::text FROM (
      SELECT partition_id, configuration, sum(sign)::integer AS chunks, sum(sign * length)::bigint AS length
      FROM changed GROUP BY 1, 2) s) AS sizes,
    (SELECT json_object_agg(t.partition_id, t.lexemes)::text FROM (
      SELECT partition_id, json_object_agg(lexeme, chunks) AS lexemes FROM lexemes GROUP BY 1) t) AS terms${extra}`;

/** The keys are ordered, so that no two transactions wait for each other. */
const LOCK = {
  name: 'knowledge.statistics.lock',
  text: `SELECT pg_advisory_xact_lock(k.key) FROM (
      SELECT DISTINCT hashtextextended('knowledge/statistics/' || p.id, 0) AS key FROM unnest($1::uuid[]) p (id) ORDER BY 1
    ) k`,
};

/** `$1` sizes, `$2` terms. */
const ADD = {
  name: 'knowledge.statistics.add',
  text: `WITH sizes AS (
      INSERT INTO knowledge_partition_statistics AS s (partition_id, configuration, chunks, length)
      SELECT partition_id, configuration, chunks, length
      FROM jsonb_to_recordset($1::jsonb) r (partition_id uuid, configuration text, chunks integer, length bigint)
      ON CONFLICT (partition_id, configuration) DO UPDATE
        SET chunks = s.chunks + excluded.chunks, length = s.length + excluded.length
    )
    MERGE INTO knowledge_terms t USING (
      SELECT p.key::uuid AS partition_id, l.key COLLATE "C" AS lexeme, l.value::integer AS chunks
      FROM jsonb_each($2::jsonb) p CROSS JOIN LATERAL jsonb_each_text(p.value) l
    ) d ON t.partition_id = d.partition_id AND t.lexeme = d.lexeme
    WHEN MATCHED AND t.chunks + d.chunks = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET chunks = t.chunks + d.chunks
    WHEN NOT MATCHED THEN INSERT (partition_id, lexeme, chunks) VALUES (d.partition_id, d.lexeme, d.chunks)`,
};

/** The lexemes and lengths of the chunks that readers find, summed for each partition. */
@Injectable()
export class ChunkStatisticsRepository extends RepositoryBase<KnowledgeTerm> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeTerm);
  }

  /**
   * Adds a change, in the transaction that has changed the chunks. Writers of the statistics of one partition take turns from
   * here to the end of their transactions, so the sums were computed before.
   */
  async add({ partition_ids: partitionIds, sizes, terms }: StatisticsChange): Promise<void> {
    if (sizes === null) return;
    await this.query(LOCK, [partitionIds]);
    await this.query(ADD, [sizes, terms]);
  }
}
