import { Injectable } from '@nestjs/common';
import { words } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, owned, ownerValues, statementFor } from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { SourceKind } from '../search.rules.js';
import { SearchEntry } from './search-entry.entity.js';

/** A source as it is shown: `headline` has HEADLINE_MARKS in it. */
export interface Finding {
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
export interface Sought {
  /** All words of the question, as a query. */
  query: string;
  /** A few of them as they are in the index, the rarest first. */
  rarest: string[];
}

interface Quotable {
  id: string;
  kind: SourceKind;
  conversation_id: string | null;
  title: string | null;
  content: string;
}

/** Characters of a source that are looked at for a headline, and that are handed over for quoting. */
const LOOKED_AT = 4_000;
const QUOTED = 20_000;
/** So much before the first word that seems to match, where that is further on. */
const LEAD = 400;

const SOURCES = `unnest($3::uuid[]) WITH ORDINALITY r (id, place)
  JOIN search_entries e ON e.source_id = r.id
  LEFT JOIN messages m ON e.kind = 'message' AND m.id = r.id
  LEFT JOIN notes n ON e.kind = 'note' AND n.id = r.id
  LEFT JOIN conversations c ON c.id = e.conversation_id`;

const COMMON = `r.id, e.kind, coalesce(e.conversation_id, n.conversation_id) AS conversation_id,
  CASE WHEN e.kind = 'note' THEN n.title ELSE c.title END AS title`;

const CONTENT = 'coalesce(m.content, n.content, c.title)';

/** HEADLINE_MARKS, as SQL. */
const MARKS = `E'\\x01\\x02\\x03\\x04\\x05\\x06'`;

/** A short text is shown whole, of a longer one the parts around what matches. */
const WHOLE = 240;

/**
 * The part of a source that a headline is made of: its beginning, or else the surroundings of the first place where
 * one of the words (`$5`) begins. Endings may differ from those of the question, so the last letter does not count.
 */
const PART = `(SELECT CASE
    WHEN length(t) <= ${LOOKED_AT} OR ${words(`left(t, ${LOOKED_AT})`)} @@ $4::tsquery THEN left(t, ${LOOKED_AT})
    ELSE substring(t FROM greatest(1, coalesce((
      SELECT min(nullif(strpos(lower(t), left(w, greatest(3, length(w) - 1))), 0)) FROM unnest($5::text[]) w
    ), 1) - ${LEAD}) FOR ${LOOKED_AT}) END
  FROM (SELECT ${CONTENT} AS t OFFSET 0) whole)`;

const HEADLINE = `ts_headline('english', translate(x.part, ${MARKS} || '<>/-',
    '      ' || left(${MARKS}, 4)), $4::tsquery,
  CASE WHEN x.length <= ${WHOLE} THEN 'HighlightAll=true'
       ELSE 'MaxFragments=2, MaxWords=32, MinWords=12, FragmentDelimiter=" … "' END
  || E', StartSel="\\x05", StopSel="\\x06"')`;

const FINDINGS = owned(
  'search.findings',
  'e',
  (mine) => `SELECT h.*, CASE WHEN strpos(h.headline, E'\\x05') > 0 THEN NULL ELSE h.source END AS part FROM (
      SELECT x.id, x.kind, x.conversation_id, x.title, x.created_at, x.place, left(x.part, 500) AS beginning,
             x.part AS source, ${HEADLINE} AS headline
      FROM (SELECT ${COMMON}, e.created_at, r.place, length(${CONTENT}) AS length, ${PART} AS part
            FROM ${SOURCES} WHERE ${mine} OFFSET 0) x OFFSET 0
    ) h ORDER BY h.place`,
);

const QUOTABLE = owned(
  'search.quotable',
  'e',
  (mine) => `SELECT ${COMMON}, left(${CONTENT}, ${QUOTED}) AS content FROM ${SOURCES} WHERE ${mine}
    ORDER BY r.place`,
);

/** What stands behind entries of the index. */
@Injectable()
export class FindingRepository extends RepositoryBase<SearchEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SearchEntry);
  }

  /** In the order of `ids`; what is gone meanwhile is left out. */
  findings(owner: Owner, ids: string[], { query, rarest }: Sought): Promise<Finding[]> {
    return this.query(statementFor(FINDINGS, owner), [...ownerValues(owner), ids, query, rarest]);
  }

  quotable(owner: Owner, ids: string[]): Promise<Quotable[]> {
    return this.query(statementFor(QUOTABLE, owner), [...ownerValues(owner), ids]);
  }
}
