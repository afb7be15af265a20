import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { KnowledgeTerm } from '@/modules/knowledge/chunks/persistence/knowledge-term.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { lexemesSql } from '@/platform/search/index.js';
import { type CorpusStatistics, type LexicalPlan, MAX_TOTAL, type TermFrequency } from '../query-plan.js';
import type { RankedChunk } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';
import { CORPUS, COUNT, RANK_ALL, RANK_NARROW, RANK_SELECTED } from './ranking-statements.js';
import { documentFilterParameters, searchedVisibilities } from './search-filters.js';

/** Distinct lexemes of a query whose frequencies are read, the longest first: they tend to be the rarest. */
const MAX_QUERY_LEXEMES = 128;
/** Lexemes that can be meant by a misspelt word, for each of its possible beginnings. */
const MAX_SIMILAR = 4000;

/** `$4` query, `$5` searched visibilities. A query has the words of every language that the partitions contain. */
const TERMS = scopeToReader(
  'knowledge.search.terms',
  (readable) => `WITH readable AS MATERIALIZED (${readable}), ${CORPUS}, q AS MATERIALIZED (
      SELECT lexeme FROM (
        SELECT DISTINCT w.lexeme COLLATE "C" AS lexeme FROM size
        CROSS JOIN LATERAL unnest(${lexemesSql('size.configuration', '$4::text')}) w
      ) w ORDER BY length(lexeme) DESC, lexeme LIMIT ${MAX_QUERY_LEXEMES}
    )
    SELECT q.lexeme, coalesce(t.chunks, 0)::float8 AS chunks, coalesce(t.searched, 0)::float8 AS searched,
      total.chunks AS corpus_chunks, total.length AS corpus_length
    FROM q CROSS JOIN (SELECT sum(chunks) AS chunks, sum(length) AS length FROM size) total
    CROSS JOIN LATERAL (
      SELECT sum(t.chunks) AS chunks, sum(t.chunks) FILTER (WHERE r.visibility = ANY($5::text[])) AS searched
      FROM readable r JOIN knowledge_terms t ON t.partition_id = r.id AND t.lexeme = q.lexeme
    ) t`,
);

/** `$4` searched visibilities, `$5` beginnings, `$6` smallest and `$7` largest length. */
const SIMILAR = scopeToReader(
  'knowledge.search.similar',
  (readable) => `WITH readable AS MATERIALIZED (${readable})
    SELECT t.lexeme, sum(t.chunks)::float8 AS chunks, sum(t.chunks)::float8 AS searched
    FROM readable r CROSS JOIN unnest($5::text[]) b (beginning) CROSS JOIN LATERAL (
      SELECT t.lexeme, t.chunks FROM knowledge_terms t
      WHERE t.partition_id = r.id AND t.lexeme >= b.beginning AND t.lexeme < b.beginning || U&'\\+10FFFF'
        AND length(t.lexeme) BETWEEN $6 AND $7 LIMIT ${MAX_SIMILAR}
    ) t WHERE r.visibility = ANY($4::text[]) GROUP BY 1`,
);

interface TermRow extends TermFrequency {
  corpus_chunks: number;
  corpus_length: number;
}

/** `total` is the number of chunks that were ranked. */
type RankedRow = RankedChunk & { total: number };

interface LexicalRequest {
  plan: LexicalPlan;
  averageLength: number;
  phrases: string[];
}

export interface LexicalRanking {
  chunks: RankedChunk[];
  /** Matches, counted up to MAX_TOTAL. */
  total: number;
}

/** How many of the best chunks are returned. */
export interface RankingSize {
  limit: number;
  perDocument: number;
}

/** Ranks chunks by their words. Reads no row, frequency or length of a partition that the reader does not read. */
@Injectable()
export class LexicalSearchRepository extends RepositoryBase<KnowledgeTerm> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, KnowledgeTerm);
  }

  async loadStatistics(reader: KnowledgeReader, query: KnowledgeQuery): Promise<CorpusStatistics> {
    const values = [
      ...readerParameters(reader, query.conversationId),
      query.query,
      searchedVisibilities(query),
    ];
    const rows = await this.query<TermRow>(forReader(TERMS, reader), values);
    const { corpus_chunks: chunks = 0, corpus_length: length = 0 } = rows[0] ?? {};
    const terms = rows.map(({ lexeme, chunks: found, searched }) => ({ lexeme, chunks: found, searched }));
    return { chunks, averageLength: chunks > 0 ? length / chunks : 0, terms };
  }

  /** Returns lexemes of the searched partitions that begin with one of the characters and have about this length. */
  findSimilar(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    beginnings: readonly string[],
    [min, max]: readonly [number, number],
  ): Promise<TermFrequency[]> {
    const reading = readerParameters(reader, query.conversationId);
    const values = [...reading, searchedVisibilities(query), beginnings, min, max];
    return this.query(forReader(SIMILAR, reader), values);
  }

  /** Returns chunks, the most relevant first. */
  async rank(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    { plan, averageLength, phrases }: LexicalRequest,
    { limit, perDocument }: RankingSize,
  ): Promise<LexicalRanking> {
    const searched = [...readerParameters(reader, query.conversationId), searchedVisibilities(query)];
    const scoring = [plan.wordQueries, plan.weights, averageLength, perDocument, limit];
    if (plan.isNarrow) {
      const narrowing = [...documentFilterParameters(query.filters), phrases.length > 0 ? phrases : null];
      const values = [...searched, ...scoring, plan.words, ...narrowing];
      return toRanking(await this.query<RankedRow>(forReader(RANK_NARROW, reader), values));
    }
    if (plan.candidates.length === plan.words.length) {
      const rows = await this.query<RankedRow>(forReader(RANK_ALL, reader), [
        ...searched,
        ...scoring,
        plan.words,
      ]);
      return toRanking(rows);
    }
    const values = [...searched, ...scoring, plan.candidates, plan.common];
    const [rows, [counted]] = await Promise.all([
      this.query<RankedRow>(forReader(RANK_SELECTED, reader), values),
      plan.reachesMaxTotal
        ? [{ total: MAX_TOTAL }]
        : this.query<{ total: number }>(forReader(COUNT, reader), [...searched, plan.words]),
    ]);
    return toRanking(rows, counted?.total);
  }
}

function toRanking(rows: readonly RankedRow[], total = rows[0]?.total ?? 0): LexicalRanking {
  const chunks = rows.map(({ id, documentId, score }) => ({ id, documentId, score }));
  return { chunks, total: rows.length > 0 ? Math.min(total, MAX_TOTAL) : 0 };
}
