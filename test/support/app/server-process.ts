import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { listProcesses, getStartTime } from '@/platform/persistence/embedded/processes.js';

const ROOT = join(__dirname, '../../..');
const SOURCES = ['src', 'migrations', 'scripts/bundle.mjs', '.swcrc', 'package-lock.json'];
const READY_TIMEOUT_MS = 60_000;

export type ServerEnv = Record<string, string>;

/** How a process ended, and what it said. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  errors: string;
}

const runningServers = new Set<ServerProcess>();

/** The real server, `main.ts` as it ships, in a process of its own that can be signalled and killed. */
export class ServerProcess {
  /** Where it answers, once it is ready. */
  baseUrl = '';
  readonly exited: Promise<ProcessExit>;
  private out = '';
  private errors = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.out += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk));
    this.exited = once(child, 'close').then(([code, signal]) => {
      runningServers.delete(this);
      return { code: code as number | null, signal: signal as null, out: this.out, errors: this.errors };
    });
    runningServers.add(this);
  }

  /** Starts one in a process group of its own, as a terminal does, and does not wait for it. */
  static spawn(env: ServerEnv, command: string[] = [process.execPath, buildServer()]): ServerProcess {
    const [program = '', ...args] = command;
    const { PATH = '' } = process.env;
    const defaults = { PATH, HOST: '127.0.0.1', PORT: '0', PASSWORD_BCRYPT_COST: '4', RATE_LIMITS: 'off' };
    const child = spawn(program, args, {
      cwd: tmpdir(),
      env: { ...defaults, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(child);
  }

  static async start(env: ServerEnv, command?: string[]): Promise<ServerProcess> {
    const server = ServerProcess.spawn(env, command);
    await server.waitForLogEvent('server.ready');
    server.baseUrl = /"event":"server.ready","api":"([^"]+)"/.exec(server.out)?.[1] ?? '';
    return server;
  }

  /** For what is expected not to start. */
  static runToExit(env: ServerEnv): Promise<ProcessExit> {
    return ServerProcess.spawn(env).exited;
  }

  static killAll(): void {
    for (const server of runningServers) server.signal('SIGKILL');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** What Ctrl-C does: the whole foreground group gets it. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /** Waits until the log has this event. */
  async waitForLogEvent(event: string): Promise<void> {
    await waitUntil(() => {
      if (this.child.exitCode !== null) throw new Error(`The server ended:\n${this.out}${this.errors}`);
      return this.out.includes(`"event":"${event}"`);
    }, READY_TIMEOUT_MS);
  }

  /** This process and everything that descends from it, to ask later whether any of it is left. */
  processTree(): ProcessTree {
    const running = listProcesses();
    const pids = [this.pid];
    for (const pid of pids)
      pids.push(...running.filter(({ parent }) => parent === pid).map((found) => found.pid));
    return new ProcessTree(new Map(pids.map((pid) => [pid, getStartTime(pid)])));
  }

  async get(path: string, token = ''): Promise<Response> {
    return fetch(this.baseUrl + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  }

  async post(path: string, body: object, token = ''): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    return fetch(this.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async login(username: string, password: string): Promise<Response> {
    return fetch(`${this.baseUrl}/api/auth/token`, {
      method: 'POST',
      body: new URLSearchParams({ username, password }),
    });
  }

  /** A request the server has begun with, and whose body is yet to come. */
  async beginRequest(path: string, body: object): Promise<{ finish: () => Promise<IncomingMessage> }> {
    const text = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      expect: '100-continue',
    };
    const clientRequest = request(this.baseUrl + path, { method: 'POST', headers });
    const answer = once(clientRequest, 'response').then(([message]) => message as IncomingMessage);
    answer.catch(() => undefined);
    clientRequest.flushHeaders();
    await once(clientRequest, 'continue');
    return { finish: async () => (clientRequest.end(text), answer) };
  }
}

/** Processes of one moment, told from later ones that happen to get the same number. */
export class ProcessTree {
  constructor(private readonly members: ReadonlyMap<number, string | undefined>) {}

  get size(): number {
    return this.members.size;
  }

  /** Those that still run. */
  remainingPids(): number[] {
    return [...this.members]
      .filter(([pid, start]) => start && getStartTime(pid) === start)
      .map(([pid]) => pid);
  }

  async waitForExit(timeoutMs = 15_000): Promise<void> {
    await waitUntil(() => this.remainingPids().length === 0, timeoutMs);
  }
}

/** Processes that work on `folder`, such as a database server: whose children they are does not matter. */
export function findProcessesUsing(folder: string): string[] {
  return listProcesses().flatMap(({ command }) => (command.includes(folder) ? [command] : []));
}

/** Waits for what another process does; `within` only bounds a failure. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${condition.toString()}`);
    await pause(20);
  }
}

let builtMainPath = '';

/**
 * The server compiled from the present sources, once for the same sources. It lies inside the repository,
 * where its imports are resolved, and apart from `dist/`, which somebody may be running.
 */
export function buildServer(): string {
  if (builtMainPath) return builtMainPath;
  const builds = join(ROOT, '.cache/server');
  const build = join(builds, sourceFingerprint());
  if (!existsSync(build)) compile(builds, build);
  return (builtMainPath = join(build, 'server/main.mjs'));
}

/** Built beside and renamed: two spec files may need it at the same time. Types are checked elsewhere. */
function compile(builds: string, build: string): void {
  mkdirSync(builds, { recursive: true });
  const temporaryFolder = `${build}.${process.pid}`;
  const options = ['--out-dir', temporaryFolder, '--config-file', '.swcrc', '--extensions', '.ts'];
  const args = [join(ROOT, 'node_modules/@swc/cli/bin/swc.js'), 'src', 'migrations', ...options];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The server cannot be compiled:\n${stdout}`);
  const bundling = spawnSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), temporaryFolder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (bundling.status !== 0) throw new Error(`The server cannot be packed:\n${bundling.stderr}`);
  try {
    renameSync(temporaryFolder, build);
  } catch {
    rmSync(temporaryFolder, { recursive: true }); // another spec file was faster
  }
  removeOldBuilds(builds);
}

function removeOldBuilds(builds: string): void {
  for (const name of readdirSync(builds)) {
    const age = Date.now() - statSync(join(builds, name)).mtimeMs;
    if (age > 3_600_000) rmSync(join(builds, name), { recursive: true, force: true });
  }
}

function sourceFingerprint(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => listFiles(join(ROOT, source)))) {
    if (!file.endsWith('.spec.ts')) hash.update(`${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 24);
}

function listFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => listFiles(join(path, name)));
}
