import { Client } from 'pg';
import type { TestApp } from '../app/test-app.js';

interface SnapshotTable {
  name: string;
  /** The column that says whose organization a row belongs to. */
  tenant: string | null;
}

/** A row without what the application notes in its own time. */
const COMPARED_COLUMNS = "to_jsonb(t) - 'last_used_at'";

/** What all tables held at one moment: says what has changed since then, and brings it back. */
export class DatabaseSnapshot {
  private constructor(
    private readonly client: Client,
    private readonly tables: SnapshotTable[],
  ) {}

  static async take({ databaseUrl }: TestApp): Promise<DatabaseSnapshot> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const tables = await listTablesByDependency(client);
    await client.query('CREATE SCHEMA snapshot');
    for (const { name } of tables) await client.query(`CREATE TABLE snapshot.${name} AS TABLE ${name}`);
    await client.query(restoreFunctionSql(tables.map(({ name }) => name)));
    return new DatabaseSnapshot(client, tables);
  }

  /** Tables in which rows of an organization came, went or changed. */
  async changedTables(organizationId: string): Promise<string[]> {
    const tenantTables = this.tables.filter(({ tenant }) => tenant !== null);
    const queries = tenantTables.map(({ name, tenant }) => {
      const currentRows = `SELECT ${COMPARED_COLUMNS} FROM ${name} t WHERE ${tenant} = $1`;
      const snapshotRows = `SELECT ${COMPARED_COLUMNS} FROM snapshot.${name} t WHERE ${tenant} = $1`;
      return `SELECT '${name}' AS name FROM (((${currentRows}) EXCEPT ALL (${snapshotRows})) UNION ALL ((${snapshotRows}) EXCEPT ALL (${currentRows}))) x`;
    });
    const { rows } = await this.client.query<{ name: string }>(
      { name: 'changed', text: queries.join(' UNION ') }, // prepared once: it is asked very often
      [organizationId],
    );
    return rows.map(({ name }) => name).sort();
  }

  async restore(): Promise<void> {
    await this.client.query('SELECT snapshot.restore()');
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** Tables in an order in which each comes after those it refers to. */
async function listTablesByDependency(client: Client): Promise<SnapshotTable[]> {
  const { rows: tables } = await client.query<SnapshotTable>(
    `SELECT t.tablename AS name, CASE WHEN t.tablename = 'organizations' THEN 'id' ELSE c.column_name END AS tenant
     FROM pg_tables t LEFT JOIN information_schema.columns c
       ON c.table_schema = 'public' AND c.table_name = t.tablename AND c.column_name = 'organization_id'
     WHERE t.schemaname = 'public' AND t.tablename <> 'schema_migrations' ORDER BY 1`,
  );
  const { rows: references } = await client.query<{ name: string; target: string }>(
    `SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS target
     FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid`,
  );
  const sorted: SnapshotTable[] = [];
  while (sorted.length < tables.length) {
    const sortedNames = new Set(sorted.map(({ name }) => name));
    const next = tables.filter(
      ({ name }) =>
        !sortedNames.has(name) && references.every((one) => one.name !== name || sortedNames.has(one.target)),
    );
    if (next.length === 0) throw new Error('Tables refer to each other in a circle.');
    sorted.push(...next);
  }
  return sorted;
}

/**
 * Only what differs is touched: deletions from the leaves to the root, then insertions the other way. A deletion can
 * change other rows (ON DELETE SET NULL), so deletions go on until there is nothing left to delete.
 */
function restoreFunctionSql(names: string[]): string {
  const deletions = [...names].reverse().map(
    (name) => `DELETE FROM public.${name} a
               WHERE NOT EXISTS (SELECT FROM snapshot.${name} b WHERE b::text = a::text);
               changed := changed OR FOUND;`,
  );
  const insertions = names.map(
    (name) => `INSERT INTO public.${name}
               SELECT b.* FROM snapshot.${name} b
               WHERE NOT EXISTS (SELECT FROM public.${name} a WHERE a::text = b::text)
               ON CONFLICT DO NOTHING;`, // a row that the application marked as seen just now
  );
  return `CREATE FUNCTION snapshot.restore() RETURNS void LANGUAGE plpgsql AS $$
          DECLARE changed boolean := true;
          BEGIN
            WHILE changed LOOP changed := false; ${deletions.join('\n')} END LOOP;
            ${insertions.join('\n')}
          END $$`;
}
