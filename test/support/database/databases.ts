import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const TEMPLATE_PREFIX = 'xentree_template';

/** Runs one statement on the server's own database. */
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

/** A clone of the migrated template: milliseconds, and nobody else's. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const { TEST_SERVER_URL: server = '', TEST_TEMPLATE: template = '' } = process.env;
  const name = `xentree_test_${randomBytes(6).toString('hex')}`;
  await executeWithRetries(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => dropDatabase(server, name) };
}

export function dropDatabase(server: string, name: string): Promise<void> {
  return executeWithRetries(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/**
 * What others stand in the way of for a moment: a template is copied by one session at a time, and who is no
 * superuser cannot push an autovacuum worker out of a database.
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
