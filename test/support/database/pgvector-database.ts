import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestDatabase } from './databases.js';

const PROGRAM = join(__dirname, '../pglite/server.mjs');

/** Starts a database without tables, on a server that has pgvector. */
export async function startPgvectorDatabase(): Promise<TestDatabase> {
  const server = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    server.once('exit', () => reject(new Error('PGlite did not start.')));
    createInterface(server.stdout).once('line', resolve);
  });
  const drop = (): Promise<void> =>
    new Promise((resolve) => {
      server.once('exit', () => resolve());
      server.stdin.end();
    });
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, drop };
}
