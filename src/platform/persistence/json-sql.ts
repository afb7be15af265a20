/**
 * Returns the SQL of a row as JSON text, with the keys in this order; values are SQL. The server passes such rows on without
 * parsing them, which is most of the work of a page.
 */
export function jsonObjectSql(fields: Record<string, string>): string {
  const columns = Object.entries(fields).map(([name, sql]) => `${sql} AS ${name}`);
  return `(SELECT row_to_json(response)::text FROM (SELECT ${columns.join(', ')}) response)`;
}

/** Returns the SQL of a time as in every response: ISO-8601 in UTC with milliseconds. */
export function jsonTimestampSql(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
