import type { TestApp } from '../app/test-app.js';

interface DumpedTable {
  name: string;
  rows: number;
}

/** Returns every row of every table of every schema as text; bytea is hex. */
export async function dumpDatabase(app: TestApp): Promise<{ text: string; tables: DumpedTable[] }> {
  const tableNames = await app.sql<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const tables: DumpedTable[] = [];
  const lines: string[] = [];
  for (const { name } of tableNames) {
    const rows = await app.sql<{ line: string }>(`SELECT t::text AS line FROM ${name} AS t`);
    tables.push({ name, rows: rows.length });
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  return { text: lines.join('\n'), tables };
}

/** Returns the forms in which a secret is still readable: plain, hex, base64, URL-encoded and reversed. */
export function toEncodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    encodeURIComponent(secret),
    secret.split('').reverse().join(''),
  ];
}
