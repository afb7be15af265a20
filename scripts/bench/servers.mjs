import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded } from '../../dist/src/platform/persistence/embedded/index.js';

const POLL_MS = 5;
const GIVE_UP_MS = 60_000;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const probe = ['--import', new URL('./process-probe.mjs', import.meta.url).href];

/** What `npm start` gives to Node. */
const { scripts } = JSON.parse(readFileSync(at('../../package.json'), 'utf8'));
const AS_STARTED = scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** A database of its own, on `BENCH_DATABASE_URL` or on an embedded server as durable as in operation. */
export async function openDatabase() {
  const server = process.env.BENCH_DATABASE_URL ? borrowed(process.env.BENCH_DATABASE_URL) : await embedded();
  const name = `xentree_bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await administer(server.url, `CREATE DATABASE ${name}`);
  const close = async () => {
    await drop(server.url, name);
    await server.stop();
  };
  return { url: url.href, close };
}

/** An autovacuum worker belongs to the superuser, and nobody else may end it: it is waited for. */
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

/** The two servers that are compared, with the same database, pool and silence. */
export function sides(databaseUrl, passwordHash) {
  const shared = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, DATABASE_POOL_MAX: '20' };
  const secret = randomBytes(36).toString('base64');
  const ours = { APP_SECRET: secret, RATE_LIMITS: 'off', LOG_LEVEL: 'warn' };
  return {
    ours: { script: at('../../dist/server/main.mjs'), env: { ...shared, ...ours }, flags: AS_STARTED },
    floor: { script: at('./baseline-server.mjs'), env: { ...shared, PASSWORD_HASH: passwordHash } },
  };
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
      throw new Error(`${script} does not become ready.`);
    }
    await pause(POLL_MS);
  }
  const readyMs = performance.now() - began;
  const asking = channel(child);
  return { url, readyMs, ask: (question) => asking({ question }), stop: () => stop(child) };
}

/** The process that makes the load; `run` takes a job and answers its result. */
export function startLoad() {
  const child = fork(at('./load.mjs'), { execArgv: [] });
  return { run: channel(child), stop: () => stop(child) };
}

/** Questions and answers over IPC. */
function channel(child) {
  const open = new Map();
  let count = 0;
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = open.get(id);
    open.delete(id);
    if (error) reject(new Error(error));
    else resolve(answer);
  });
  child.on('exit', () => open.forEach(({ reject }) => reject(new Error('The process has ended.'))));
  return (question) =>
    new Promise((resolve, reject) => {
      const id = (count += 1);
      open.set(id, { resolve, reject });
      child.send({ id, ...question });
    });
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function isReady(url) {
  return new Promise((resolve) => {
    get(`${url}/health/ready`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
