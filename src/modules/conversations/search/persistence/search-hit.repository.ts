import { Injectable } from '@nestjs/common';
import { searchWordsSql } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, scopeToOwner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { SourceKind } from '../search.rules.js';
import { SearchEntry } from './search-entry.entity.js';

/** A source as it is shown: `headline` has HEADLINE_MARKS in it. */
export interface SearchHit {
  id: string;
  kind: SourceKind;
  conversation_id: string | null;
  title: string | null;
  created_at: Date;
  /** How the text begins. */
  beginning: string;
  headline: string;
  /** What the headline was made of, where it marks nothing. */
  part: string | null;
}

/** What to highlight. */
export interface HighlightQuery {
  /** All words of the question, as a query. */
  query: string;
  /** A few of them as they are in the index, the rarest first. */
  rarestWords: string[];
}

interface PassageRow {
  id: string;
  kind: SourceKind;
  conversation_id: string | null;
  title: string | null;
  content: string;
}

/** Characters of a source that are looked at for a headline, and that are handed over for quoting. */
const SCANNED_CHARS = 4_000;
const MAX_PASSAGE_CHARS = 20_000;
/** So much before the first word that seems to match, where that is further on. */
const LEADING_CHARS = 400;

const SOURCE_JOINS = `unnest($3::uuid[]) WITH ORDINALITY r (id, ordinal)
  JOIN search_entries e ON e.source_id = r.id
  LEFT JOIN messages m ON e.kind = 'message' AND m.id = r.id
  LEFT JOIN notes n ON e.kind = 'note' AND n.id = r.id
  LEFT JOIN conversations c ON c.id = e.conversation_id`;

const COMMON_COLUMNS = `r.id, e.kind, coalesce(e.conversation_id, n.conversation_id) AS conversation_id,
  CASE WHEN e.kind = 'note' THEN n.title ELSE c.title END AS title`;

const CONTENT_EXPRESSION = 'coalesce(m.content, n.content, c.title)';

/** HEADLINE_MARKS, as SQL. */
const MARKS_EXPRESSION = `E'\\x01\\x02\\x03\\x04\\x05\\x06'`;

/** A short text is shown whole, of a longer one the parts around what matches. */
const SHORT_TEXT_CHARS = 240;

/**
 * The part of a source that a headline is made of: its beginning, or else the surroundings of the first place where
 * one of the words (`$5`) begins. Endings may differ from those of the question, so the last letter does not count.
 */
const EXCERPT_EXPRESSION = `(SELECT CASE
    WHEN length(t) <= ${SCANNED_CHARS} OR ${searchWordsSql(`left(t, ${SCANNED_CHARS})`)} @@ $4::tsquery THEN left(t, ${SCANNED_CHARS})
    ELSE substring(t FROM greatest(1, coalesce((
      SELECT min(nullif(strpos(lower(t), left(w, greatest(3, length(w) - 1))), 0)) FROM unnest($5::text[]) w
    ), 1) - ${LEADING_CHARS}) FOR ${SCANNED_CHARS}) END
  FROM (SELECT ${CONTENT_EXPRESSION} AS t OFFSET 0) whole)`;

const HEADLINE_EXPRESSION = `ts_headline('english', translate(x.part, ${MARKS_EXPRESSION} || '<>/-',
    '      ' || left(${MARKS_EXPRESSION}, 4)), $4::tsquery,
  CASE WHEN x.length <= ${SHORT_TEXT_CHARS} THEN 'HighlightAll=true'
       ELSE 'MaxFragments=2, MaxWords=32, MinWords=12, FragmentDelimiter=" … "' END
  || E', StartSel="\\x05", StopSel="\\x06"')`;

const FIND_HITS = scopeToOwner(
  'search.findings',
  'e',
  (
    ownerFilter,
  ) => `SELECT h.*, CASE WHEN strpos(h.headline, E'\\x05') > 0 THEN NULL ELSE h.source END AS part FROM (
      SELECT x.id, x.kind, x.conversation_id, x.title, x.created_at, x.ordinal, left(x.part, 500) AS beginning,
             x.part AS source, ${HEADLINE_EXPRESSION} AS headline
      FROM (SELECT ${COMMON_COLUMNS}, e.created_at, r.ordinal, length(${CONTENT_EXPRESSION}) AS length, ${EXCERPT_EXPRESSION} AS part
            FROM ${SOURCE_JOINS} WHERE ${ownerFilter} OFFSET 0) x OFFSET 0
    ) h ORDER BY h.ordinal`,
);

const FIND_PASSAGES = scopeToOwner(
  'search.quotable',
  'e',
  (
    ownerFilter,
  ) => `SELECT ${COMMON_COLUMNS}, left(${CONTENT_EXPRESSION}, ${MAX_PASSAGE_CHARS}) AS content FROM ${SOURCE_JOINS} WHERE ${ownerFilter}
    ORDER BY r.ordinal`,
);

/** What stands behind entries of the index. */
@Injectable()
export class SearchHitRepository extends RepositoryBase<SearchEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SearchEntry);
  }

  /** In the order of `ids`; what is gone meanwhile is left out. */
  findHits(
    owner: Owner,
    ids: string[],
    { query, rarestWords: rarest }: HighlightQuery,
  ): Promise<SearchHit[]> {
    return this.query(forOwner(FIND_HITS, owner), [...ownerParameters(owner), ids, query, rarest]);
  }

  findPassages(owner: Owner, ids: string[]): Promise<PassageRow[]> {
    return this.query(forOwner(FIND_PASSAGES, owner), [...ownerParameters(owner), ids]);
  }
}
