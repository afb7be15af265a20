import type { TestApp } from '../app/test-app.js';

interface Table {
  name: string;
  rows: number;
}

/** Everything stored: every row of every table of every schema, as PostgreSQL writes it; bytea as hex. */
export async function dump(app: TestApp): Promise<{ text: string; tables: Table[] }> {
  const found = await app.sql<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const tables: Table[] = [];
  const lines: string[] = [];
  for (const { name } of found) {
    const rows = await app.sql<{ line: string }>(`SELECT t::text AS line FROM ${name} AS t`);
    tables.push({ name, rows: rows.length });
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  return { text: lines.join('\n'), tables };
}

/** The ways a secret could lie around and still be read by whoever finds it. */
export function disguisesOf(secret: string): string[] {
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
