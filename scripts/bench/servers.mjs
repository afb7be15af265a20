import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded } from '../../dist/src/platform/persistence/embedded/index.js';

const POLL_MS = 5;
const GIVE_UP_MS = 60_000;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const probe = ['--import', new URL('./process-probe.mjs', import.meta.url).href];

/** The options that `npm start` gives to Node.js. */
const { scripts } = JSON.parse(readFileSync(at('../../package.json'), 'utf8'));
const START_FLAGS = scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** The folder of this build, and that of another one to compare with. Each has dist/server/main.mjs. */
export const ROOT = at('../..');
export const AGAINST = process.env.BENCH_AGAINST && resolve(process.env.BENCH_AGAINST);

/** Opens `BENCH_DATABASE_URL` or starts an embedded PostgreSQL that is as durable as in operation. */
export async function openPostgres() {
  const server = process.env.BENCH_DATABASE_URL ? borrowed(process.env.BENCH_DATABASE_URL) : await embedded();
  const names = [];
  /** Creates a database, empty or as a copy of one that has no connections; returns its URL. */
  const createDatabase = async (templateUrl) => {
    const name = `xentree_bench_${randomBytes(6).toString('hex')}`;
    const template = templateUrl ? ` TEMPLATE ${new URL(templateUrl).pathname.slice(1)}` : '';
    await administer(server.url, `CREATE DATABASE ${name}${template}`);
    names.push(name);
    return Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  };
  const close = async () => {
    for (const name of names) await drop(server.url, name);
    await server.stop();
  };
  return { createDatabase, close };
}

/** Waits for autovacuum workers, which only a superuser may end. */
async function drop(url, name, attempts = 60) {
  try {
    await administer(url, `DROP DATABASE ${name} WITH (FORCE)`);
  } catch (error) {
    if (error.code !== '42501' || attempts === 0) throw error;
    await pause(500);
    await drop(url, name, attempts - 1);
  }
}

function borrowed(url) {
  return { url, stop: async () => undefined };
}

async function embedded() {
  const dataDir = mkdtempSync(join(tmpdir(), 'xentree-bench-'));
  const server = await startEmbedded({ dataDir, log: () => undefined });
  const stop = async () => {
    await server.stop();
    for (const folder of [dataDir, server.clusterDir]) rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

async function administer(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const SHARED_ENV = { PATH: process.env.PATH, DATABASE_POOL_MAX: '20' };

/** The server as it is built in `folder`. It writes no log. */
export function buildIn(folder, databaseUrl) {
  return {
    script: join(folder, 'dist/server/main.mjs'),
    env: {
      ...SHARED_ENV,
      DATABASE_URL: databaseUrl,
      APP_SECRET: randomBytes(36).toString('base64'),
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
    },
    flags: START_FLAGS,
  };
}

/** The minimal server, on a database that the server has migrated. */
export function baselineOn(databaseUrl, passwordHash) {
  const env = { ...SHARED_ENV, DATABASE_URL: databaseUrl, PASSWORD_HASH: passwordHash };
  return { script: at('./baseline-server.mjs'), env };
}

/** Starts a server and waits until it is ready; `readyMs` is from the spawn to the first 200. */
export async function start({ script, env, flags = [] }) {
  const port = await freePort();
  const began = performance.now();
  const child = fork(script, { env: { ...env, PORT: String(port) }, execArgv: [...flags, ...probe] });
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - began > GIVE_UP_MS) {
      child.kill();
      throw new Error(`${script} did not become ready.`);
    }
    await pause(POLL_MS);
  }
  const readyMs = performance.now() - began;
  const asking = channel(child);
  return { url, readyMs, ask: (question) => asking({ question }), stop: () => stop(child) };
}

/** Starts the process that sends the requests; `run` takes a job and returns its result. */
export function startLoad() {
  const child = fork(at('./load.mjs'), { execArgv: [] });
  return { run: channel(child), stop: () => stop(child) };
}

/** Returns a function that sends a question over IPC and returns the answer. */
function channel(child) {
  const open = new Map();
  let count = 0;
  child.on('message', ({ id, answer, error }) => {
    const waiting = open.get(id);
    open.delete(id);
    if (error) waiting.reject(new Error(error));
    else waiting.resolve(answer);
  });
  child.on('exit', () => open.forEach(({ reject }) => reject(new Error('The process has ended.'))));
  return (question) =>
    new Promise((fulfil, reject) => {
      const id = (count += 1);
      open.set(id, { resolve: fulfil, reject });
      child.send({ id, ...question });
    });
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function isReady(url) {
  return new Promise((fulfil) => {
    get(`${url}/health/ready`, { agent: false }, (response) => {
      response.resume();
      fulfil(response.statusCode === 200);
    }).on('error', () => fulfil(false));
  });
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
