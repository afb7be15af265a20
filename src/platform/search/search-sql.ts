/**
 * Version of the lexemes that the functions of the database return. It is stored with each index; an index of another version
 * is rebuilt.
 */
export const WORDS_VERSION = 3;

/** SQL of the major version of the server. The stemmers of PostgreSQL differ between major versions. */
export const SERVER_MAJOR_SQL = `current_setting('server_version_num')::integer / 10000`;

/** Returns the SQL for the lexemes of a text. Index and queries must use the same expression. */
export function lexemesSql(configuration: string, text: string): string {
  return `search_lexemes(${configuration}, ${text})`;
}

/**
 * Returns the SQL for the lexemes of a text with a title: words of the title count twice and have weight A. Use it with
 * {@link lengthSql}.
 */
export function titledLexemesSql(configuration: string, title: string, text: string): string {
  return `(SELECT ${titledSql('t.words', lexemesSql(configuration, text))}
    FROM (SELECT ${titleLexemesSql(configuration, title)} AS words OFFSET 0) t)`;
}

/** Returns the SQL for the lexemes of a title. Use it with {@link titledSql} when many texts have the same title. */
export function titleLexemesSql(configuration: string, title: string): string {
  return `setweight(${lexemesSql(configuration, title)}, 'A')`;
}

/** Returns the SQL that joins the lexemes of a title and of its text, as {@link titledLexemesSql} does. */
export function titledSql(titleWords: string, textWords: string): string {
  return `${titleWords} || ${titleWords} || ${textWords}`;
}

/** Returns the SQL for the length of a text in the ranking formula: its number of words. */
export function lengthSql(words: string): string {
  return `(SELECT coalesce(sum(array_length(w.positions, 1)), 0)::integer FROM unnest(${words}) w)`;
}
