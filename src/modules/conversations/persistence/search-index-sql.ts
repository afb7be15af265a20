import { lengthSql, lexemesSql, titledSql, titleLexemesSql } from '@/platform/search/index.js';

export const SOURCE_KINDS = ['conversation', 'message', 'note'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** The text search configuration of all entries, as SQL: a conversation states no language. */
export const ENTRY_CONFIGURATION = `'english'`;

/** The quotations in an answer of the provider `local`. Its other lines are notices of the server, and not indexed. */
const LOCAL_QUOTES = `coalesce((SELECT string_agg(line, E'\\n')
      FROM regexp_split_to_table(m.content, E'\\n') line WHERE line LIKE '> %'), '')`;

/**
 * The columns of a search entry for each kind of source. `c`, `m` and `n` are rows of conversations, messages and
 * notes: of the tables, or of a CTE that has just written them.
 */
const ENTRY_SOURCES: Record<SourceKind, string> = {
  conversation: `SELECT c.id, 'conversation' AS kind, c.owner_id, c.organization_id, c.id AS conversation_id,
    NULL::uuid AS note_id, false AS local, c.title, '' AS content, c.created_at`,
  message: `SELECT m.id, 'message' AS kind, c.owner_id, c.organization_id, c.id AS conversation_id,
    NULL::uuid AS note_id, m.provider IS NOT DISTINCT FROM 'local' AS local, '' AS title,
    CASE WHEN m.provider = 'local' THEN ${LOCAL_QUOTES} ELSE m.content END AS content, m.created_at`,
  note: `SELECT n.id, 'note' AS kind, n.owner_id, n.organization_id, NULL::uuid AS conversation_id,
    n.id AS note_id, false AS local, coalesce(n.title, '') AS title, n.content, n.created_at`,
};

/**
 * Returns an upsert of search entries, for a CTE of the statement that writes their sources. Words of a title count
 * twice and have weight A.
 */
export function upsertSearchEntriesSql(kind: SourceKind, from: string): string {
  return `INSERT INTO search_entries
      (source_id, kind, owner_id, organization_id, conversation_id, note_id, local, tsv, length, created_at)
    SELECT id, kind, owner_id, organization_id, conversation_id, note_id, local,
           words || array_to_tsvector(array_remove(ARRAY[${scopeLexemeSql('owner_id')},
             ${scopeLexemeSql('organization_id', 'owner_id')}], NULL)),
           ${lengthSql('words')}, created_at
    FROM (SELECT s.*, ${titledSql('t.words', entryWordsSql('s.content'))} AS words
          FROM (${ENTRY_SOURCES[kind]} ${from}) s
          CROSS JOIN LATERAL (SELECT ${titleLexemesSql(ENTRY_CONFIGURATION, 's.title')} AS words OFFSET 0) t OFFSET 0) w
    ON CONFLICT (source_id) DO UPDATE SET owner_id = excluded.owner_id, local = excluded.local,
      organization_id = excluded.organization_id, tsv = excluded.tsv, length = excluded.length`;
}

/** Returns the SQL for the lexemes of a text. Index and queries must use the same expression. */
export function entryWordsSql(text: string): string {
  return lexemesSql(ENTRY_CONFIGURATION, text);
}

/** Returns the SQL for the lexeme that marks the owner of an entry. No text contains it: no word begins with `@`. */
function scopeLexemeSql(...columns: string[]): string {
  return `'@' || ${columns.map((column) => `${column}::text`).join(' || ')}`;
}
