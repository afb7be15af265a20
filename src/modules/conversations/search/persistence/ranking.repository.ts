import { Injectable } from '@nestjs/common';
import { entryWordsSql, type SourceKind } from '@/modules/conversations/persistence/search-index-sql.js';
import {
  type OwnerScopedStatement,
  type Owner,
  scopeToOwner,
  ownerParameters,
  forOwner,
} from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { bm25ScoreSql, loadedWordsSql } from '@/platform/search/index.js';
import { COUNT_LIMIT, type QueryPlan, type TermStatistics, type DocumentFrequency } from '../search.rules.js';
import { SearchEntry } from './search-entry.entity.js';

export interface RankedEntry {
  id: string;
  kind: SourceKind;
  score: number;
  /** Number of matches, or of scored candidates when there are too many matches to count. The same in each row. */
  total: number;
}

export interface RankOptions {
  kinds: readonly SourceKind[];
  limit: number;
  /** Leaves out answers of the provider `local`, and the last user message of this conversation. */
  quotable?: { excludeLastUserMessageOf: string | null };
}

/** Longer queries are reduced to their longest words, which tend to be the rarest. */
const MAX_QUERY_WORDS = 32;
/** From this many entries on, a sample of recent entries shows which words are too common to be counted. */
const SAMPLING_THRESHOLD = 20_000;
const MAX_COUNTED_ENTRIES = 100_000;
const COMMON_SHARE = 0.02;
const SAMPLE_SIZE = 300;
const MAX_COUNTED_MATCHES = 10_000;

/** Builds a statement for sessions and for API keys: `$1` is the user, `$2` the organization of a key. */
function entryStatement(name: string, text: (ownerFilter: string) => string): OwnerScopedStatement {
  return {
    session: { name, text: text('e.owner_id = $1 AND $2::uuid IS NULL') },
    key: { name: `${name}.key`, text: text('e.owner_id = $1 AND e.organization_id = $2') },
  };
}

const LEXEME_QUERY = `('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery`;

/** `$3` query text, `$4` kinds, `$5` scope. CASE expressions skip the subqueries whose result is not needed. */
const TERM_STATISTICS = entryStatement(
  'search.term_statistics',
  (ownerFilter) => `WITH q AS MATERIALIZED (
      SELECT lexeme, ${LEXEME_QUERY} AS word FROM unnest(${entryWordsSql('$3::text')})
      ORDER BY length(lexeme) DESC, lexeme LIMIT ${MAX_QUERY_WORDS}
    ), size AS MATERIALIZED (
      SELECT count(*)::int AS entries
      FROM (SELECT FROM search_entries e WHERE ${ownerFilter} AND e.kind = ANY($4) LIMIT ${MAX_COUNTED_ENTRIES}) x
    ), sample AS MATERIALIZED (
      SELECT e.tsv, e.length FROM unnest($4::text[]) k (kind) CROSS JOIN LATERAL (
        SELECT e.tsv, e.length FROM search_entries e WHERE ${ownerFilter} AND e.kind = k.kind
        ORDER BY e.created_at DESC LIMIT ${SAMPLE_SIZE}) e
    )
    SELECT q.lexeme, size.entries, (SELECT avg(length)::float8 FROM sample) AS length, counted.found,
           CASE WHEN counted.found IS NULL THEN sampled.share
                WHEN counted.found >= ${COUNT_LIMIT} THEN (SELECT avg((tsv @@ q.word)::int)::float8 FROM sample)
           END AS share
    FROM q CROSS JOIN size
    CROSS JOIN LATERAL (
      SELECT CASE WHEN size.entries >= ${SAMPLING_THRESHOLD} THEN (SELECT avg((tsv @@ q.word)::int)::float8 FROM sample) END
        AS share OFFSET 0
    ) sampled
    CROSS JOIN LATERAL (
      SELECT CASE WHEN sampled.share > ${COMMON_SHARE} THEN NULL ELSE (
        SELECT count(*)::int FROM (SELECT FROM search_entries e WHERE e.tsv @@ ($5::tsquery && q.word)
          AND e.kind = ANY($4) LIMIT ${COUNT_LIMIT}) x
      ) END AS found OFFSET 0
    ) counted`,
);

const BM25_SCORE = bm25ScoreSql({
  words: 'e.words',
  length: 'e.length',
  averageLength: '$10',
  wordQueries: '$8',
  weights: '$9',
});

const QUOTABLE_FILTER = `(NOT $12::boolean OR NOT e.local AND e.source_id IS DISTINCT FROM (
  SELECT m.id FROM messages m WHERE m.conversation_id = $13::uuid AND m.role = 'user' ORDER BY m.seq DESC LIMIT 1))`;

/**
 * `$3` kinds, `$4` rare query, `$5` all query, `$6` any query, `$7` recent count, `$8` word queries, `$9` weights,
 * `$10` average length, `$11` limit, `$12` and `$13` quotable filter, `$14` count query.
 */
const RANK = scopeToOwner(
  'search.rank',
  'e',
  (ownerFilter) => `SELECT ranked.*, CASE WHEN $14::tsquery IS NULL THEN (count(*) OVER ())::int ELSE (
      SELECT count(*)::int FROM (
        SELECT FROM search_entries e WHERE e.tsv @@ $14::tsquery AND e.kind = ANY($3) AND ${ownerFilter} LIMIT ${MAX_COUNTED_MATCHES}) x
    ) END AS total FROM (
      SELECT e.source_id AS id, e.kind, ${BM25_SCORE} AS score FROM (
        SELECT e.*, ${loadedWordsSql('e.tsv')} AS words FROM (
          SELECT e.* FROM search_entries e WHERE e.tsv @@ $4::tsquery
          UNION ALL
          (SELECT e.* FROM search_entries e WHERE e.tsv @@ $5::tsquery AND e.kind = ANY($3) LIMIT ${COUNT_LIMIT})
          UNION ALL
          SELECT e.* FROM unnest($3::text[]) k (kind) CROSS JOIN LATERAL (
            SELECT e.* FROM search_entries e WHERE ${ownerFilter} AND e.kind = k.kind
            ORDER BY e.created_at DESC LIMIT $7 OFFSET 0) e
          WHERE e.tsv @@ $6::tsquery AND (e.tsv @@ coalesce($4, $5)::tsquery) IS NOT TRUE
        ) e WHERE e.kind = ANY($3) AND ${ownerFilter} AND ${QUOTABLE_FILTER} OFFSET 0
      ) e OFFSET 0
    ) ranked ORDER BY score DESC, id DESC LIMIT $11`,
);

interface TermStatisticsRow extends DocumentFrequency {
  entries: number;
  length: number | null;
}

/** Finds the entries that are most relevant to a query, as planned by `buildQueryPlan`. */
@Injectable()
export class RankingRepository extends RepositoryBase<SearchEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SearchEntry);
  }

  /** Returns how common each word of the query is among the entries of the owner. */
  async loadTermStatistics(
    owner: Owner,
    question: string,
    kinds: readonly SourceKind[],
    scope: string,
  ): Promise<TermStatistics> {
    const values = [owner.userId, owner.organizationId, question, kinds, scope];
    const rows = await this.query<TermStatisticsRow>(forOwner(TERM_STATISTICS, owner), values);
    const { entries = 0, length = 0 } = rows[0] ?? {};
    return { entries, averageLength: length ?? 0, words: rows };
  }

  /** Returns entries, the most relevant first. */
  async rank(
    owner: Owner,
    statistics: TermStatistics,
    plan: QueryPlan,
    options: RankOptions,
  ): Promise<RankedEntry[]> {
    const { kinds, limit, quotable } = options;
    return this.query<RankedEntry>(forOwner(RANK, owner), [
      ...ownerParameters(owner),
      kinds,
      plan.rareQuery,
      plan.allQuery,
      plan.anyQuery,
      plan.recentCount,
      plan.wordQueries,
      plan.weights,
      statistics.averageLength,
      limit,
      quotable !== undefined,
      quotable?.excludeLastUserMessageOf ?? null,
      quotable === undefined ? plan.countQuery : null,
    ]);
  }
}
