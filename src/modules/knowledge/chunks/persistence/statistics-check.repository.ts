import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { KnowledgeTerm } from './knowledge-term.entity.js';

/** A statistic that does not equal the number of its chunks, or chunks that should not exist. */
export interface StatisticsDifference {
  partition_id: string;
  /** A lexeme; null for the numbers of a configuration. */
  lexeme: string | null;
  stored: string;
  counted: string;
}

const DIFFERENCES = {
  name: 'knowledge.statistics.differences',
  text: `WITH found AS MATERIALIZED (
      SELECT d.partition_id, c.configuration, c.length, c.words FROM knowledge_chunks c
      JOIN knowledge_documents d ON d.id = c.document_id AND d.ready_version_id = c.version_id
    )
    SELECT coalesce(t.partition_id, c.partition_id) AS partition_id, coalesce(t.lexeme, c.lexeme) AS lexeme,
      coalesce(t.chunks, 0)::text AS stored, coalesce(c.chunks, 0)::text AS counted
    FROM knowledge_terms t FULL JOIN (
      SELECT k.partition_id, w.lexeme COLLATE "C" AS lexeme, count(*) AS chunks
      FROM found k CROSS JOIN LATERAL unnest(k.words) w GROUP BY 1, 2
    ) c ON t.partition_id = c.partition_id AND t.lexeme = c.lexeme
    WHERE t.chunks IS DISTINCT FROM c.chunks
    UNION ALL
    SELECT coalesce(s.partition_id, c.partition_id), NULL, coalesce(s.chunks, 0) || ' / ' || coalesce(s.length, 0),
      coalesce(c.chunks, 0) || ' / ' || coalesce(c.length, 0)
    FROM (SELECT * FROM knowledge_partition_statistics WHERE chunks <> 0 OR length <> 0) s FULL JOIN (
      SELECT partition_id, configuration, count(*) AS chunks, sum(length) AS length FROM found GROUP BY 1, 2
    ) c ON s.partition_id = c.partition_id AND s.configuration = c.configuration
    WHERE (s.chunks, s.length) IS DISTINCT FROM (c.chunks, c.length)
    UNION ALL
    SELECT c.partition_id, NULL, c.partition_id::text, d.partition_id::text
    FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id AND d.ready_version_id = c.version_id
    WHERE d.partition_id <> c.partition_id
    UNION ALL
    SELECT c.partition_id, NULL, count(*) || ' chunks of a version that is ' || v.status, '0'
    FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id
    JOIN knowledge_document_versions v ON v.id = c.version_id
    WHERE d.ready_version_id IS DISTINCT FROM c.version_id AND v.status NOT IN ('queued', 'processing')
    GROUP BY c.partition_id, v.id
    LIMIT 100`,
};

/** Compares the statistics of all partitions with the chunks that readers find; it reads all of them. */
@Injectable()
export class StatisticsCheckRepository extends RepositoryBase<KnowledgeTerm> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeTerm);
  }

  /** Returns up to 100 differences. An index without errors has none. */
  findDifferences(): Promise<StatisticsDifference[]> {
    return this.query(DIFFERENCES, []);
  }
}
