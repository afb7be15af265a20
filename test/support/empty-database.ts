import { randomBytes } from 'node:crypto';
import { executeOnServer, type TestDatabase, dropDatabase } from './database/databases.js';

/** A database nobody has migrated yet. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { TEST_SERVER_URL: server = '' } = process.env;
  const name = `xentree_empty_${randomBytes(6).toString('hex')}`;
  await executeOnServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => dropDatabase(server, name) };
}
