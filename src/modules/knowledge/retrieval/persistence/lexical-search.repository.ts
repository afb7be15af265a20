import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import {
  forReader,
  readerParameters,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { KnowledgeTerm } from '@/modules/knowledge/chunks/persistence/knowledge-term.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { bm25ScoreSql, lexemesSql } from '@/platform/search/index.js';
import { type CorpusStatistics, type LexicalPlan, MAX_TOTAL, type TermFrequency } from '../query-plan.js';
import type { RankedChunk } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';
import { documentFilterParameters, documentFilterSql, searchedVisibilities } from './search-filters.js';

/** Distinct lexemes of a query whose frequencies are read, the longest first: they tend to be the rarest. */
const MAX_QUERY_LEXEMES = 128;
/** Chunks with all common words that are scored. */
const MAX_COMMON_CANDIDATES = 2000;
/** Chunks that are scored when filters or phrases exclude some of them. */
const MAX_NARROW_CANDIDATES = 5000;
/** Lexemes that can be meant by a misspelt word, for each of its possible beginnings. */
const MAX_SIMILAR = 4000;

const CORPUS = `size AS MATERIALIZED (
    SELECT s.configuration, sum(s.chunks)::float8 AS chunks, sum(s.length)::float8 AS length
    FROM readable r JOIN knowledge_partition_statistics s ON s.partition_id = r.id
    WHERE s.chunks > 0 GROUP BY 1
  )`;

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

const KEY = `search_keys(c.partition_id, c.words)`;

/** Keys of lexemes in a partition. */
const keysSql = (lexemes: string, partitions: string): string =>
  `ARRAY(SELECT search_key(r.id, l.lexeme) FROM unnest(${lexemes}::text[]) l (lexeme) CROSS JOIN ${partitions})`;

/** Chunks of a version that is not ready are not found, nor those that are not yet where their document has moved to. */
const IS_READY =
  '(c.version_id, c.partition_id) = (SELECT d.ready_version_id, d.partition_id FROM knowledge_documents d WHERE d.id = c.document_id)';

const CHUNK =
  'c.id, c.document_id, c.version_id, c.partition_id, c.configuration, c.content, c.words, c.length';

/** Reads a long tsvector from its storage once for a chunk, and not once for each word of the query. */
const LOADED_WORDS = `c.words || ''::tsvector AS words`;

/**
 * A chunk contains a phrase when its words follow one another, whatever their inflection, or when the text occurs literally. Stop
 * words count as gaps.
 */
const PHRASES = `phrases AS MATERIALIZED (
    SELECT s.configuration, lower(p.phrase) AS literal,
      phraseto_tsquery(('pg_catalog.' || s.configuration)::regconfig, search_split(search_fold(p.phrase))) AS query
    FROM unnest($15::text[]) p (phrase) CROSS JOIN size s
  )`;

const HAS_PHRASES = `($15::text[] IS NULL OR NOT EXISTS (
    SELECT FROM phrases p WHERE p.configuration = c.configuration
      AND NOT (numnode(p.query) > 0 AND c.words @@ p.query OR strpos(lower(c.content), p.literal) > 0)))`;

/**
 * `$4` searched visibilities, `$5` candidate lexemes, `$6` common lexemes, `$7` word queries, `$8` weights, `$9` average length,
 * `$10` to `$14` filters, `$15` phrases, `$16` chunks of one document, `$17` limit, `$18` lexemes to count, null when the
 * candidates are all matches.
 */
const RANK = scopeToReader(
  'knowledge.search.rank',
  (readable) => `WITH readable AS MATERIALIZED (${readable}), ${CORPUS}, ${PHRASES},
    searched AS MATERIALIZED (SELECT r.id FROM readable r WHERE r.visibility = ANY($4::text[])),
    candidates AS MATERIALIZED (
      SELECT c.* FROM (
        SELECT ${CHUNK} FROM knowledge_chunks c WHERE ${KEY} && ${keysSql('$5', 'searched r')} OFFSET 0
      ) c JOIN searched r ON r.id = c.partition_id
      JOIN knowledge_documents d ON d.id = c.document_id AND d.ready_version_id = c.version_id
        AND d.partition_id = c.partition_id
      WHERE ${documentFilterSql(10)} AND ${HAS_PHRASES} LIMIT ${MAX_NARROW_CANDIDATES}
    ), scored AS (
      SELECT c.id, c.document_id, ${bm25ScoreSql({
        words: 'c.words',
        length: 'c.length',
        averageLength: '$9',
        wordQueries: '$7',
        weights: '$8',
      })} AS score
      FROM (
        SELECT c.id, c.document_id, ${LOADED_WORDS}, c.length FROM candidates c
        UNION ALL
        (SELECT c.id, c.document_id, ${LOADED_WORDS}, c.length FROM searched r CROSS JOIN LATERAL (
          SELECT ${CHUNK} FROM knowledge_chunks c WHERE $6::text[] <> '{}'
            AND ${KEY} @> ${keysSql('$6', '(SELECT r.id OFFSET 0) r')} AND ${IS_READY} LIMIT ${MAX_COMMON_CANDIDATES}) c
        WHERE NOT EXISTS (SELECT FROM candidates k WHERE k.id = c.id) LIMIT ${MAX_COMMON_CANDIDATES})
      ) c
    ), ranked AS (
      SELECT s.*, row_number() OVER (PARTITION BY document_id ORDER BY score DESC, id DESC) AS place FROM scored s
    )
    SELECT id, document_id AS "documentId", score, (CASE WHEN $18::text[] IS NULL THEN (SELECT count(*) FROM candidates)
      ELSE (SELECT count(*) FROM (
        SELECT FROM knowledge_chunks c WHERE ${KEY} && ${keysSql('$18', 'searched r')} AND ${IS_READY} LIMIT ${MAX_TOTAL}) m)
      END)::integer AS total
    FROM ranked WHERE place <= $16 ORDER BY score DESC, id DESC LIMIT $17`,
);

interface TermRow extends TermFrequency {
  corpus_chunks: number;
  corpus_length: number;
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
    { plan, averageLength, phrases }: { plan: LexicalPlan; averageLength: number; phrases: string[] },
    { limit, perDocument }: RankingSize,
  ): Promise<LexicalRanking> {
    const areAllCandidates = plan.candidates.length === plan.words.length;
    const rows = await this.query<RankedChunk & { total: number }>(forReader(RANK, reader), [
      ...readerParameters(reader, query.conversationId),
      searchedVisibilities(query),
      plan.candidates,
      plan.common,
      plan.wordQueries,
      plan.weights,
      averageLength,
      ...documentFilterParameters(query.filters),
      phrases.length > 0 ? phrases : null,
      perDocument,
      limit,
      areAllCandidates ? null : plan.reachesMaxTotal ? [] : plan.words,
    ]);
    const total = plan.reachesMaxTotal && rows.length > 0 ? MAX_TOTAL : (rows[0]?.total ?? 0);
    const chunks = rows.map(({ id, documentId, score }) => ({ id, documentId, score }));
    return { chunks, total: Math.min(total, MAX_TOTAL) };
  }
}
