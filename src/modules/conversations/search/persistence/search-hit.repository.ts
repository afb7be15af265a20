import { Injectable } from '@nestjs/common';
import {
  ENTRY_CONFIGURATION,
  entryWordsSql,
  type SourceKind,
} from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, scopeToOwner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { highlightSql, toWordPattern } from '@/platform/search/index.js';
import { SearchEntry } from './search-entry.entity.js';

/** A found conversation, message or note. */
export interface SearchHit {
  id: string;
  kind: SourceKind;
  conversation_id: string | null;
  title: string | null;
  created_at: Date;
  /** The first characters of the text. */
  beginning: string;
  /** The part of the text that a snippet is made of, without control characters. */
  part: string;
  /** The part with matches marked; see `toSnippet`. */
  highlight: string;
}

/** The words to highlight. */
export interface HighlightQuery {
  /** Any of the words, as a tsquery. */
  query: string;
  /** Lexemes, the rarest first. */
  rarestWords: string[];
}

interface PassageRow {
  id: string;
  kind: SourceKind;
  conversation_id: string | null;
  title: string | null;
  content: string;
}

/** Characters of a source that are read for a snippet, and that are returned as a passage. */
const SCANNED_CHARS = 4_000;
const MAX_PASSAGE_CHARS = 20_000;
/** Characters before the first match, when the match is beyond SCANNED_CHARS. */
const LEADING_CHARS = 400;

const SOURCE_JOINS = `unnest($3::uuid[]) WITH ORDINALITY r (id, ordinal)
  JOIN search_entries e ON e.source_id = r.id
  LEFT JOIN messages m ON e.kind = 'message' AND m.id = r.id
  LEFT JOIN notes n ON e.kind = 'note' AND n.id = r.id
  LEFT JOIN conversations c ON c.id = e.conversation_id`;

const COMMON_COLUMNS = `r.id, e.kind, coalesce(e.conversation_id, n.conversation_id) AS conversation_id,
  CASE WHEN e.kind = 'note' THEN n.title ELSE c.title END AS title`;

const CONTENT_EXPRESSION = 'coalesce(m.content, n.content, c.title)';

/** Control characters, which mark the matches of a highlight. */
const CONTROL_CHARACTERS = `E'\\x01\\x02\\x03\\x04\\x05\\x06'`;

/** The part of a source that a snippet is made of: its beginning, or the text around the first match of the pattern `$5`. */
const EXCERPT_EXPRESSION = `(SELECT CASE
    WHEN length(t) <= ${SCANNED_CHARS} OR ${entryWordsSql(`left(t, ${SCANNED_CHARS})`)} @@ $4::tsquery THEN left(t, ${SCANNED_CHARS})
    ELSE substring(t FROM greatest(1, coalesce((
      SELECT strpos(l, substring(l FROM $5)) FROM (SELECT lower(t) AS l OFFSET 0) lowered
    ), 1) - ${LEADING_CHARS}) FOR ${SCANNED_CHARS}) END
  FROM (SELECT ${CONTENT_EXPRESSION} AS t OFFSET 0) whole)`;

const FIND_HITS = scopeToOwner(
  'search.hits',
  'e',
  (ownerFilter) => `SELECT h.id, h.kind, h.conversation_id, h.title, h.created_at, h.beginning, h.part,
      ${highlightSql(ENTRY_CONFIGURATION, 'h.part', '$4')} AS highlight
    FROM (SELECT ${COMMON_COLUMNS}, e.created_at, r.ordinal, left(${CONTENT_EXPRESSION}, 500) AS beginning,
            translate(${EXCERPT_EXPRESSION}, ${CONTROL_CHARACTERS}, '      ') AS part
          FROM ${SOURCE_JOINS} WHERE ${ownerFilter} OFFSET 0) h
    ORDER BY h.ordinal`,
);

const FIND_PASSAGES = scopeToOwner(
  'search.passages',
  'e',
  (
    ownerFilter,
  ) => `SELECT ${COMMON_COLUMNS}, left(${CONTENT_EXPRESSION}, ${MAX_PASSAGE_CHARS}) AS content FROM ${SOURCE_JOINS} WHERE ${ownerFilter}
    ORDER BY r.ordinal`,
);

/** Reads the sources of search entries. */
@Injectable()
export class SearchHitRepository extends RepositoryBase<SearchEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SearchEntry);
  }

  /** Returns the sources in the order of `ids`, without those that have been deleted since they were ranked. */
  findHits(owner: Owner, ids: string[], { query, rarestWords }: HighlightQuery): Promise<SearchHit[]> {
    const values = [...ownerParameters(owner), ids, query, toWordPattern(rarestWords)];
    return this.query(forOwner(FIND_HITS, owner), values);
  }

  /** Returns the sources in the order of `ids`, each with up to MAX_PASSAGE_CHARS characters of its text. */
  findPassages(owner: Owner, ids: string[]): Promise<PassageRow[]> {
    return this.query(forOwner(FIND_PASSAGES, owner), [...ownerParameters(owner), ids]);
  }
}
