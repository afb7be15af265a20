import { Injectable } from '@nestjs/common';
import { words } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owned, type Owner, owned, ownerValues, statementFor } from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { COUNTED, type Plan, type SourceKind, type Survey, type SurveyedWord } from '../search.rules.js';
import { SearchEntry } from './search-entry.entity.js';

export interface Ranked {
  id: string;
  kind: SourceKind;
  score: number;
  /** Entries that match; where they are very many, those that were looked at. The same in each row. */
  total: number;
}

export interface RankOptions {
  kinds: readonly SourceKind[];
  limit: number;
  /** Leave out answers that were made without a model, and the last turn of the user in this conversation. */
  quotable?: { exceptTurnIn: string | null };
}

/** Words of a question that count: the longest, which tend to be the rarest. */
const WORDS = 32;
/** From so many entries on, recent ones tell which words are too common to be counted. */
const MANY = 20_000;
const ENTRIES = 100_000;
const COMMON_SHARE = 0.02;
const SAMPLE = 300;
const TOTAL = 10_000;

/** A text for each kind of caller: `$1` is the user, `$2` the organization of a key. */
function scoped(name: string, text: (mine: string) => string): Owned {
  return {
    session: { name, text: text('e.owner_id = $1 AND $2::uuid IS NULL') },
    key: { name: `${name}.key`, text: text('e.owner_id = $1 AND e.organization_id = $2') },
  };
}

const QUOTED = `('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery`;

/** `$3` question, `$4` kinds, `$5` scope. What is not needed is not counted: subqueries stand behind a CASE. */
const SURVEY = scoped(
  'search.survey',
  (mine) => `WITH q AS MATERIALIZED (
      SELECT lexeme, ${QUOTED} AS word FROM unnest(${words('$3::text')})
      ORDER BY length(lexeme) DESC, lexeme LIMIT ${WORDS}
    ), size AS MATERIALIZED (
      SELECT count(*)::int AS entries
      FROM (SELECT FROM search_entries e WHERE ${mine} AND e.kind = ANY($4) LIMIT ${ENTRIES}) x
    ), sample AS MATERIALIZED (
      SELECT e.tsv, e.length FROM unnest($4::text[]) k (kind) CROSS JOIN LATERAL (
        SELECT e.tsv, e.length FROM search_entries e WHERE ${mine} AND e.kind = k.kind
        ORDER BY e.created_at DESC LIMIT ${SAMPLE}) e
    )
    SELECT q.lexeme, size.entries, (SELECT avg(length)::float8 FROM sample) AS length, counted.found,
           CASE WHEN counted.found IS NULL THEN glance.share
                WHEN counted.found >= ${COUNTED} THEN (SELECT avg((tsv @@ q.word)::int)::float8 FROM sample)
           END AS share
    FROM q CROSS JOIN size
    CROSS JOIN LATERAL (
      SELECT CASE WHEN size.entries >= ${MANY} THEN (SELECT avg((tsv @@ q.word)::int)::float8 FROM sample) END
        AS share OFFSET 0
    ) glance
    CROSS JOIN LATERAL (
      SELECT CASE WHEN glance.share > ${COMMON_SHARE} THEN NULL ELSE (
        SELECT count(*)::int FROM (SELECT FROM search_entries e WHERE e.tsv @@ ($5::tsquery && q.word)
          AND e.kind = ANY($4) LIMIT ${COUNTED}) x
      ) END AS found OFFSET 0
    ) counted`,
);

/**
 * With all weights 1, ts_rank of one word is the sum of 1/i² up to the number of its places, over that sum without
 * end: a sum that tells the number, which BM25 asks for.
 */
const PLACES = `round(1 / (1.64493406685 * (1 - ts_rank('{1,1,1,1}', e.tsv, w.word))) - 0.5)`;

/** BM25 with k1 = 1.2 and b = 0.75, its length measured in distinct words. */
const SCORE = `(
  SELECT sum(weight * places * 2.2 / (places + 1.2 * (0.25 + 0.75 * e.length / greatest($10::float8, 1))))
  FROM (SELECT w.weight, ${PLACES} AS places FROM unnest($8::tsquery[], $9::float8[]) w (word, weight) OFFSET 0) p)`;

const NOT_TOLD_AGAIN = `(NOT $12::boolean OR NOT e.local AND e.source_id IS DISTINCT FROM (
  SELECT m.id FROM messages m WHERE m.conversation_id = $13::uuid AND m.role = 'user' ORDER BY m.seq DESC LIMIT 1))`;

/**
 * `$3` kinds, `$4` rare, `$5` all, `$6` any, `$7` recent, `$8` words, `$9` weights, `$10` length, `$11` limit,
 * `$12` and `$13` what is not told again, `$14` what to count.
 */
const RANK = owned(
  'search.rank',
  'e',
  (mine) => `SELECT ranked.*, CASE WHEN $14::tsquery IS NULL THEN (count(*) OVER ())::int ELSE (
      SELECT count(*)::int FROM (
        SELECT FROM search_entries e WHERE e.tsv @@ $14::tsquery AND e.kind = ANY($3) AND ${mine} LIMIT ${TOTAL}) x
    ) END AS total FROM (
      SELECT e.source_id AS id, e.kind, ${SCORE} AS score FROM (
        SELECT e.* FROM search_entries e WHERE e.tsv @@ $4::tsquery
        UNION ALL
        (SELECT e.* FROM search_entries e WHERE e.tsv @@ $5::tsquery AND e.kind = ANY($3) LIMIT ${COUNTED})
        UNION ALL
        SELECT e.* FROM unnest($3::text[]) k (kind) CROSS JOIN LATERAL (
          SELECT e.* FROM search_entries e WHERE ${mine} AND e.kind = k.kind
          ORDER BY e.created_at DESC LIMIT $7 OFFSET 0) e
        WHERE e.tsv @@ $6::tsquery AND (e.tsv @@ coalesce($4, $5)::tsquery) IS NOT TRUE
      ) e WHERE e.kind = ANY($3) AND ${mine} AND ${NOT_TOLD_AGAIN} OFFSET 0
    ) ranked ORDER BY score DESC, id DESC LIMIT $11`,
);

interface SurveyRow extends SurveyedWord {
  entries: number;
  length: number | null;
}

/** Finds the entries that say most about a question. The statements behind {@link planOf}. */
@Injectable()
export class RankingRepository extends RepositoryBase<SearchEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SearchEntry);
  }

  /** What is known of the words of a question. */
  async survey(owner: Owner, question: string, kinds: readonly SourceKind[], scope: string): Promise<Survey> {
    const values = [owner.userId, owner.organizationId, question, kinds, scope];
    const rows = await this.query<SurveyRow>(statementFor(SURVEY, owner), values);
    const { entries = 0, length = 0 } = rows[0] ?? {};
    return { entries, length: length ?? 0, words: rows };
  }

  /** The best first. */
  async rank(owner: Owner, survey: Survey, plan: Plan, options: RankOptions): Promise<Ranked[]> {
    const { kinds, limit, quotable } = options;
    const { rare, all, any, recent, words: each, weights } = plan;
    const counted = quotable === undefined ? plan.countable : null;
    const query = [kinds, rare, all, any, recent, each, weights, survey.length, limit];
    const told = [quotable !== undefined, quotable?.exceptTurnIn ?? null];
    const values = [...ownerValues(owner), ...query, ...told, counted];
    return this.query<Ranked>(statementFor(RANK, owner), values);
  }
}
