import './resolve-js-as-ts.cjs';
import { chmodSync } from 'node:fs';
import { runMigrations } from 'graphile-worker';
import { createDataSource, migrate, tolerateIdleErrors } from '@/platform/persistence/data-source.js';
import { startEmbedded } from '@/platform/persistence/embedded/index.js';
import { migrations } from '@migrations/index.js';
import { createDataFolder } from '../database/data-folder.js';
import { executeOnServer, TEMPLATE_PREFIX, toDatabaseUrl } from '../database/databases.js';

/** One throw-away server for the run (or `DATABASE_URL`), migrated once into a template that spec files clone. */
export default async function globalSetup(): Promise<void> {
  if (!process.env.TEST_SERVER_URL)
    process.env.TEST_SERVER_URL = process.env.DATABASE_URL ?? (await startTestServer());
  delete process.env.DATABASE_URL;
  const url = process.env.TEST_SERVER_URL;
  const template = `${TEMPLATE_PREFIX}_${process.pid}`;
  process.env.TEST_TEMPLATE = template;
  await executeOnServer(url, `CREATE DATABASE ${template}`);
  const dataSource = createDataSource({ url: toDatabaseUrl(url, template), poolMax: 4 }, [], migrations);
  await dataSource.initialize();
  tolerateIdleErrors(dataSource);
  await migrate(dataSource, (pool) => runMigrations({ pgPool: pool as never }));
  await dataSource.destroy();
}

async function startTestServer(): Promise<string> {
  const dataDir = createDataFolder('xentree-test-');
  chmodSync(dataDir, 0o711); // as root the server runs in another account, which must get through
  const settings = {
    max_connections: '300',
    autovacuum: 'off',
    deadlock_timeout: '100ms',
    max_wal_size: '256MB',
  };
  const server = await startEmbedded({ dataDir, durable: false, settings, log: () => undefined });
  (globalThis as { testServer?: unknown }).testServer = { ...server, stop: () => server.stop(), dataDir };
  return server.url;
}
