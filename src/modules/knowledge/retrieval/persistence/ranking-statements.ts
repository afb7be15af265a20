import {
  type ReaderScopedStatement,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { bm25ScoreSql, bm25WordScoreSql, loadedWordsSql, termFrequencySql } from '@/platform/search/index.js';
import { MAX_TOTAL } from '../query-plan.js';
import { documentFilterSql } from './search-filters.js';

/** Chunks with all common words that are scored. */
const MAX_COMMON_CANDIDATES = 2000;
/** Chunks that are scored when filters or phrases exclude some of them. */
const MAX_NARROW_CANDIDATES = 5000;
/** Matches that are read for the total: a few more than are counted, in case that some of them are not ready. */
const MAX_COUNTED = MAX_TOTAL + 200;

export const CORPUS = `size AS MATERIALIZED (
    SELECT s.configuration, sum(s.chunks)::float8 AS chunks, sum(s.length)::float8 AS length
    FROM readable r JOIN knowledge_partition_statistics s ON s.partition_id = r.id
    WHERE s.chunks > 0 GROUP BY 1
  )`;

const KEY = `search_keys(c.partition_id, c.words)`;

/** Keys of lexemes in a partition. */
const keysSql = (lexemes: string, partitions: string): string =>
  `ARRAY(SELECT search_key(r.id, l.lexeme) FROM unnest(${lexemes}) l (lexeme) CROSS JOIN ${partitions})`;

/**
 * Hides the value of a parameter from the planner. PostgreSQL plans a statement at each execution when it takes a plan for the
 * given values for cheaper, and planning one of these takes longer than most executions.
 */
const given = (parameter: string, type: string): string => `(SELECT ${parameter}::${type})`;

/** Chunks of a version that is not ready are not found, nor those that are not yet where their document has moved to. */
const IS_READY =
  '(c.version_id, c.partition_id) = (SELECT d.ready_version_id, d.partition_id FROM knowledge_documents d WHERE d.id = c.document_id)';

/**
 * The versions of the chunks of the CTE `found` that are ready. Many chunks have the same version: its document is read once, by
 * its id.
 */
const READY = `ready AS MATERIALIZED (
      SELECT v.version_id, v.partition_id
      FROM (SELECT DISTINCT document_id, version_id, partition_id FROM found) v
      CROSS JOIN LATERAL (
        SELECT d.ready_version_id, d.partition_id FROM knowledge_documents d WHERE d.id = v.document_id OFFSET 0) d
      WHERE d.ready_version_id = v.version_id AND d.partition_id = v.partition_id
        AND v.partition_id IN (SELECT r.id FROM searched r)
    )`;

const JOIN_READY = 'JOIN ready v ON v.version_id = f.version_id AND v.partition_id = f.partition_id';

const LOADED_WORDS = `${loadedWordsSql('c.words')} AS words`;

const CHUNK = 'c.id, c.document_id, c.version_id, c.partition_id';

const SCORE = bm25ScoreSql({
  words: 'c.words',
  length: 'c.length',
  averageLength: '$7',
  wordQueries: given('$5', 'tsquery[]'),
  weights: given('$6', 'float8[]'),
});

/**
 * Returns a statement that ranks the chunks of the CTE `scored`. `$4` searched visibilities, `$5` word queries, `$6` weights, `$7`
 * average length, `$8` chunks of one document, `$9` limit; more parameters of `scored` follow.
 */
const rankSql = (name: string, scored: string): ReaderScopedStatement =>
  scopeToReader(
    name,
    (readable) => `WITH readable AS MATERIALIZED (${readable}),
    searched AS MATERIALIZED (SELECT r.id FROM readable r WHERE r.visibility = ANY($4::text[])), ${scored},
    ranked AS (
      SELECT s.*, row_number() OVER (PARTITION BY document_id ORDER BY score DESC, id DESC) AS place FROM scored s
    )
    SELECT id, document_id AS "documentId", score, (SELECT count(*) FROM scored)::integer AS total
    FROM ranked WHERE place <= $8 ORDER BY score DESC, id DESC LIMIT $9`,
  );

const SCORED_WHEN_READY = `${READY}, scored AS MATERIALIZED (SELECT f.id, f.document_id, f.score FROM found f ${JOIN_READY})`;

/** `$10` lexemes in the order of their queries. A word is only looked for in the chunks that contain it. */
export const RANK_ALL = rankSql(
  'knowledge.search.rank_all',
  `shares AS MATERIALIZED (
      SELECT ${CHUNK}, ${bm25WordScoreSql('w.weight', 'c.term_frequency', { length: 'c.length', averageLength: '$7' })} AS score
      FROM unnest(${given('$10', 'text[]')}, ${given('$5', 'tsquery[]')}, ${given('$6', 'float8[]')}) w (lexeme, query, weight)
      CROSS JOIN LATERAL (
        SELECT ${CHUNK}, c.length, ${termFrequencySql('c.words', 'w.query')} AS term_frequency FROM knowledge_chunks c
        WHERE ${KEY} && ARRAY(SELECT search_key(r.id, w.lexeme) FROM searched r) OFFSET 0
      ) c
    ), found AS MATERIALIZED (
      SELECT ${CHUNK}, sum(c.score) AS score FROM shares c GROUP BY 1, 2, 3, 4
    ), ${SCORED_WHEN_READY}`,
);

/** `$10` lexemes that select chunks, `$11` common lexemes. */
export const RANK_SELECTED = rankSql(
  'knowledge.search.rank_selected',
  `selected AS MATERIALIZED (
      SELECT ${CHUNK}, ${SCORE} AS score FROM (
        SELECT ${CHUNK}, ${LOADED_WORDS}, c.length FROM knowledge_chunks c
        WHERE ${KEY} && ${keysSql(given('$10', 'text[]'), 'searched r')} OFFSET 0
      ) c
    ), found AS MATERIALIZED (
      SELECT * FROM selected UNION ALL
      SELECT ${CHUNK}, ${SCORE} FROM (
        SELECT ${CHUNK}, ${LOADED_WORDS}, c.length FROM searched r CROSS JOIN LATERAL (
          SELECT c.* FROM knowledge_chunks c WHERE ${given('$11', 'text[]')} <> '{}'
            AND ${KEY} @> ${keysSql(given('$11', 'text[]'), '(SELECT r.id OFFSET 0) r')} AND ${IS_READY} LIMIT ${MAX_COMMON_CANDIDATES}) c
        WHERE NOT EXISTS (SELECT FROM selected k WHERE k.id = c.id) LIMIT ${MAX_COMMON_CANDIDATES}
      ) c
    ), ${SCORED_WHEN_READY}`,
);

/**
 * A chunk contains a phrase when its words follow one another, whatever their inflection, or when the text occurs literally. Stop
 * words count as gaps.
 */
const PHRASES = `phrases AS MATERIALIZED (
    SELECT s.configuration, lower(p.phrase) AS literal,
      phraseto_tsquery(('pg_catalog.' || s.configuration)::regconfig, search_split(search_fold(p.phrase))) AS query
    FROM unnest($16::text[]) p (phrase) CROSS JOIN size s
  )`;

const HAS_PHRASES = `($16::text[] IS NULL OR NOT EXISTS (
    SELECT FROM phrases p WHERE p.configuration = c.configuration
      AND NOT (numnode(p.query) > 0 AND c.words @@ p.query OR strpos(lower(c.content), p.literal) > 0)))`;

/** `$10` lexemes, `$11` to `$15` filters, `$16` phrases. */
export const RANK_NARROW = rankSql(
  'knowledge.search.rank_narrow',
  `${CORPUS}, ${PHRASES}, scored AS MATERIALIZED (
      SELECT c.id, c.document_id, ${SCORE} AS score FROM (
        SELECT c.id, c.document_id, ${LOADED_WORDS}, c.length FROM (
          SELECT ${CHUNK}, c.configuration, c.content, c.words, c.length FROM knowledge_chunks c
          WHERE ${KEY} && ${keysSql('$10::text[]', 'searched r')} OFFSET 0
        ) c JOIN knowledge_documents d ON d.id = c.document_id AND d.ready_version_id = c.version_id
          AND d.partition_id = c.partition_id
        WHERE c.partition_id = ANY(ARRAY(SELECT r.id FROM searched r)) AND ${documentFilterSql(11)} AND ${HAS_PHRASES}
        LIMIT ${MAX_NARROW_CANDIDATES}
      ) c
    )`,
);

/** `$4` searched visibilities, `$5` lexemes. Counts each match alone only when many of the first ones are not ready. */
export const COUNT = scopeToReader('knowledge.search.count', (readable) => {
  const matches = `FROM knowledge_chunks c WHERE ${KEY} && ${keysSql(given('$5', 'text[]'), 'searched r')}`;
  return `WITH readable AS MATERIALIZED (${readable}),
    searched AS MATERIALIZED (SELECT r.id FROM readable r WHERE r.visibility = ANY($4::text[])),
    found AS MATERIALIZED (
      SELECT c.document_id, c.version_id, c.partition_id ${matches} LIMIT ${MAX_COUNTED}
    ), ${READY}, counted AS MATERIALIZED (SELECT count(*) AS ready FROM found f ${JOIN_READY})
    SELECT (CASE WHEN c.ready >= ${MAX_TOTAL} OR (SELECT count(*) FROM found) < ${MAX_COUNTED} THEN c.ready
      ELSE (SELECT count(*) FROM (SELECT ${matches} AND ${IS_READY} LIMIT ${MAX_TOTAL}) m) END)::integer AS total
    FROM counted c`;
});
