import type { QueryRunner } from 'typeorm';
import { SERVER_VERSION } from '../kernel/version.js';

/** The database was migrated by a newer version of the server. */
export class NewerDatabaseError extends Error {
  constructor(database: string, server: string) {
    super(
      `This is Xentree Server ${server}, and the database was migrated by the newer Xentree Server ${database}. Start the ` +
        'newer version, or restore a backup from before the upgrade.',
    );
  }
}

interface AppliedMigration {
  name: string;
  timestamp: number;
}

/** Throws a {@link NewerDatabaseError} when the database has migrations that this build does not know. */
export async function assertNoUnknownMigrations(
  runner: QueryRunner,
  known: readonly string[],
): Promise<void> {
  if (!(await tableExists(runner, 'schema_migrations'))) return;
  const applied = (await runner.query('SELECT name, timestamp FROM schema_migrations')) as AppliedMigration[];
  if (applied.every(({ name }) => known.includes(name))) return;
  const [stored] = (await tableExists(runner, 'schema_version'))
    ? ((await runner.query('SELECT server_version FROM schema_version')) as { server_version: string }[])
    : [];
  const newest = Math.max(...applied.map(({ timestamp }) => Number(timestamp)));
  throw new NewerDatabaseError(
    describeVersion(stored?.server_version ?? 'of unknown version', newest),
    describeVersion(SERVER_VERSION, Math.max(...known.map(toTimestamp))),
  );
}

/** Stores the version of this build. Called after its migrations. */
export async function recordVersion(runner: QueryRunner): Promise<void> {
  await runner.query(
    `INSERT INTO schema_version (server_version) VALUES ($1)
     ON CONFLICT (singleton) DO UPDATE SET server_version = $1 WHERE schema_version.server_version <> $1`,
    [SERVER_VERSION],
  );
}

async function tableExists(runner: QueryRunner, table: string): Promise<boolean> {
  const [row] = (await runner.query('SELECT to_regclass($1) IS NOT NULL AS present', [table])) as {
    present: boolean;
  }[];
  return row?.present ?? false;
}

/** The name of a migration ends with its timestamp. */
function toTimestamp(name: string): number {
  return Number(name.slice(-13));
}

function describeVersion(version: string, schema: number): string {
  return `${version} (schema ${schema})`;
}
