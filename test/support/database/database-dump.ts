import type { TestApp } from '../app/test-app.js';

interface DumpedTable {
  name: string;
  rows: number;
}

/** Everything stored: every row of every table of every schema, as PostgreSQL writes it; bytea as hex. */
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

/** The ways a secret could lie around and still be read by whoever finds it. */
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
