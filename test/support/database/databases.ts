import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const TEMPLATE_PREFIX = 'xentree_template';

/** Runs one statement on the database of the URL, over a connection of its own. */
export async function executeOnServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  url: string;
  drop: () => Promise<void>;
}

/** Creates a clone of the migrated template, which takes milliseconds. */
export function cloneDatabase(): Promise<TestDatabase> {
  return createDatabase(`TEMPLATE ${process.env.TEST_TEMPLATE}`);
}

/** Creates a database without tables. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const { TEST_SERVER_URL: server = '' } = process.env;
  const name = `xentree_test_${randomBytes(6).toString('hex')}`;
  await executeWithRetries(server, `CREATE DATABASE ${name} ${options}`);
  const drop = (): Promise<void> =>
    executeWithRetries(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return { url: toDatabaseUrl(server, name), drop };
}

/** Returns the URL of another database on the server of `url`. */
export function toDatabaseUrl(url: string, name: string): string {
  const databaseUrl = new URL(url);
  databaseUrl.pathname = `/${name}`;
  return databaseUrl.href;
}

/**
 * Retries while another connection blocks the statement: PostgreSQL copies a template for one connection at a time, and
 * without superuser rights it cannot terminate an autovacuum worker in a database.
 */
async function executeWithRetries(server: string, statement: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await executeOnServer(server, statement);
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
