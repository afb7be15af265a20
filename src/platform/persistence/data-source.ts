import pg, { type Pool } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { MonitoredClient, type MonitoredClientConfig } from './monitored-client.js';
import { assertNoUnknownMigrations, recordVersion } from './schema-version.js';

export interface DatabaseTarget {
  url: string;
  poolMax: number;
}

/**
 * The server ends the session of a client that was lost after 30 seconds, with the locks that it holds. Compiling a statement
 * (JIT) takes much longer than its execution, and is done again at each execution.
 */
const SESSION_SETTINGS = {
  jit: 'off',
  timezone: 'UTC',
  statement_timeout: '30000',
  lock_timeout: '5000',
  idle_in_transaction_session_timeout: '30000',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
};

function toOptions(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Creates a data source. The application, the migrations and the tests use the same settings. */
export function createDataSource(
  { url, poolMax }: DatabaseTarget,
  entities: DataSourceOptions['entities'],
  migrations: DataSourceOptions['migrations'],
): DataSource {
  return new DataSource({
    type: 'postgres',
    driver: pg, // the packed server would load a second copy, whose type parsers MonitoredClient does not have
    url,
    entities,
    migrations,
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    installExtensions: false,
    poolSize: poolMax,
    parseInt8: true,
    poolErrorHandler: () => undefined,
    extra: {
      application_name: 'xentree-server',
      Client: MonitoredClient,
      openClients: new Set<MonitoredClient>(),
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      options: toOptions(SESSION_SETTINGS),
    },
  });
}

/** Ignores errors of idle connections. The pool replaces the connection at its next use. */
export function tolerateIdleErrors(dataSource: DataSource): void {
  const pool = getPool(dataSource);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined)); // graphile-worker looks for this handler
}

export function getPool(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/** Returns the open connections of the pool; the set changes with the pool. */
export function getOpenClients(dataSource: DataSource): ReadonlySet<MonitoredClient> {
  return (getPool(dataSource).options as unknown as MonitoredClientConfig).openClients;
}

const MIGRATION_LOCK = 7_161_401;

/**
 * Applies pending migrations and returns their names. An advisory lock makes concurrent processes wait. Throws a
 * {@link NewerDatabaseError} when a newer version has migrated the database.
 */
export async function migrate(
  dataSource: DataSource,
  afterMigrations: (pool: Pool) => Promise<void>,
): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.query('SET statement_timeout = 0');
  await runner.query('SET lock_timeout = 0');
  await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
    await assertNoUnknownMigrations(runner, known);
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    await recordVersion(runner);
    await afterMigrations(getPool(dataSource));
    return applied.map((migration) => migration.name);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.query('RESET statement_timeout');
    await runner.query('RESET lock_timeout');
    await runner.release();
  }
}
