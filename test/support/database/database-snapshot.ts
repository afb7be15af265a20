import { Client } from 'pg';
import type { TestApp } from '../app/test-app.js';

interface SnapshotTable {
  name: string;
  /** The column with the organization of a row. */
  tenant: string | null;
}

/** A row without the column that the application updates in the background. */
const COMPARED_COLUMNS = "to_jsonb(t) - 'last_used_at'";

const DEADLOCK = '40P01';
const MAX_ATTEMPTS = 5;

/** A copy of all tables at one moment; it lists the tables that have changed since then, and restores them. */
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
    await client.query(RECORD_CHANGES_SQL);
    for (const { name } of tables) {
      await client.query(`CREATE TABLE snapshot.${name} AS TABLE ${name}`);
      await client.query(recordChangesOfSql(name));
    }
    await client.query(restoreFunctionSql(tables.map(({ name }) => name)));
    return new DatabaseSnapshot(client, tables);
  }

  /** Returns the tables in which rows of an organization were inserted, updated or deleted. */
  async changedTables(organizationId: string): Promise<string[]> {
    const { rowCount: changes } = await this.client.query('SELECT FROM snapshot.changes LIMIT 1');
    if (changes === 0) return [];
    const tenantTables = this.tables.filter(({ tenant }) => tenant !== null);
    const queries = tenantTables.map(({ name, tenant }) => {
      const currentRows = `SELECT ${COMPARED_COLUMNS} FROM ${name} t WHERE ${tenant} = $1`;
      const snapshotRows = `SELECT ${COMPARED_COLUMNS} FROM snapshot.${name} t WHERE ${tenant} = $1`;
      return `SELECT '${name}' AS name FROM (((${currentRows}) EXCEPT ALL (${snapshotRows})) UNION ALL ((${snapshotRows}) EXCEPT ALL (${currentRows}))) x`;
    });
    const { rows } = await this.client.query<{ name: string }>(
      { name: 'changed', text: queries.join(' UNION ') }, // prepared once, because it is executed very often
      [organizationId],
    );
    return rows.map(({ name }) => name).sort();
  }

  /** Repeats a restore that PostgreSQL rolled back because of a background job. */
  async restore(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.client.query('SELECT snapshot.restore()');
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== DEADLOCK || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** Returns the tables, each after the tables that it refers to. */
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
    if (next.length === 0) throw new Error('The foreign keys of the tables form a cycle.');
    sorted.push(...next);
  }
  return sorted;
}

/** Triggers record the tables that are written to, so that a restore compares only these. */
const RECORD_CHANGES_SQL = `
  CREATE UNLOGGED TABLE snapshot.changes (table_name text, pid int DEFAULT pg_backend_pid());
  CREATE FUNCTION snapshot.record_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO snapshot.changes (table_name) VALUES (TG_TABLE_NAME);
      RETURN NULL;
    END $$`;

function recordChangesOfSql(name: string): string {
  return `CREATE TRIGGER snapshot_record_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.${name}
          FOR EACH STATEMENT EXECUTE FUNCTION snapshot.record_change()`;
}

/** The triggers of the application have counted the inserted rows a second time. */
const COUNTS_SQL = [
  ['organizations', 'member_count'],
  ['teams', 'member_count'],
  ['knowledge_partitions', 'bytes'],
]
  .map(
    ([name, count]) => `UPDATE public.${name} a SET ${count} = b.${count} FROM snapshot.${name} b
                        WHERE a.id = b.id AND a.${count} <> b.${count};`,
  )
  .join('\n');

/**
 * Deletes in the reverse order of dependency, then inserts in that order. A deletion can change other tables
 * (ON DELETE SET NULL), which the triggers record; therefore deletions are repeated until one round deletes nothing.
 */
function restoreFunctionSql(names: string[]): string {
  const deletions = [...names].reverse().map(
    (name) => `IF '${name}' = ANY (pending) THEN
                 DELETE FROM public.${name} a
                 WHERE NOT EXISTS (SELECT FROM snapshot.${name} b WHERE b::text = a::text);
                 deleted := deleted OR FOUND;
               END IF;`,
  );
  const insertions = names.map(
    (name) => `IF '${name}' = ANY (pending) THEN
                 INSERT INTO public.${name}
                 SELECT b.* FROM snapshot.${name} b
                 WHERE NOT EXISTS (SELECT FROM public.${name} a WHERE a::text = b::text)
                 ON CONFLICT DO NOTHING;
               END IF;`, // a conflict: the application has updated the row in the background since the deletion
  );
  return `CREATE FUNCTION snapshot.restore() RETURNS void LANGUAGE plpgsql AS $$
          DECLARE pending text[]; deleted boolean := true;
          BEGIN
            WITH taken AS (DELETE FROM snapshot.changes RETURNING table_name)
            SELECT array_agg(DISTINCT table_name) INTO pending FROM taken;
            IF pending IS NULL THEN RETURN; END IF;
            WHILE deleted LOOP
              deleted := false;
              ${deletions.join('\n')}
              pending := pending || ARRAY(SELECT DISTINCT table_name FROM snapshot.changes WHERE pid = pg_backend_pid());
            END LOOP;
            ${insertions.join('\n')}
            ${COUNTS_SQL}
            DELETE FROM snapshot.changes WHERE pid = pg_backend_pid();
          END $$`;
}
