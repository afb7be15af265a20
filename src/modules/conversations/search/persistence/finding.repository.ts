import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../../../../platform/persistence/index.js';
import { type Owner, owned, ownerValues, statementFor } from '../../../organizations/index.js';
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
}

export interface Quotable {
  id: string;
  kind: SourceKind;
  conversation_id: string | null;
  title: string | null;
  content: string;
}

/** Characters of a source that are looked at for a headline, and that are handed over for quoting. */
const LOOKED_AT = 50_000;
const QUOTED = 20_000;

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

const HEADLINE = `ts_headline('english', translate(left(${CONTENT}, ${LOOKED_AT}), ${MARKS} || '<>/-',
    '      ' || left(${MARKS}, 4)), $4::tsquery,
  CASE WHEN length(${CONTENT}) <= ${WHOLE} THEN 'HighlightAll=true'
       ELSE 'MaxFragments=2, MaxWords=32, MinWords=12, FragmentDelimiter=" … "' END
  || E', StartSel="\\x05", StopSel="\\x06"')`;

const FINDINGS = owned(
  'search.findings',
  'e',
  (mine) => `SELECT ${COMMON}, e.created_at, left(${CONTENT}, 500) AS beginning, ${HEADLINE} AS headline
    FROM ${SOURCES} WHERE ${mine} ORDER BY r.place`,
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
  findings(owner: Owner, ids: string[], query: string): Promise<Finding[]> {
    return this.query(statementFor(FINDINGS, owner), [...ownerValues(owner), ids, query]);
  }

  quotable(owner: Owner, ids: string[]): Promise<Quotable[]> {
    return this.query(statementFor(QUOTABLE, owner), [...ownerValues(owner), ids]);
  }
}
