import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { listProcesses, getStartTime } from '@/platform/persistence/embedded/processes.js';

const ROOT = join(__dirname, '../../..');
const SOURCES = ['content/xel', 'src', 'migrations', 'scripts/bundle.mjs', '.swcrc', 'package-lock.json'];
const READY_TIMEOUT_MS = 60_000;

export type ServerEnv = Record<string, string>;

/** The end of a process and its output. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  errors: string;
}

const runningServers = new Set<ServerProcess>();

/** The bundled server in a process of its own, which a test can signal and kill. */
export class ServerProcess {
  /** The base URL, once the server is ready. */
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

  /** Starts a server in a process group of its own, as a terminal does, without waiting for it. */
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

  /** Starts a server that is expected to exit by itself. */
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

  /** Signals the whole process group, as Ctrl-C does. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /** Waits for an event in the log. Throws if the process exits before. */
  async waitForLogEvent(event: string): Promise<void> {
    await waitUntil(() => {
      if (this.child.exitCode !== null) throw new Error(`The server exited:\n${this.out}${this.errors}`);
      return this.out.includes(`"event":"${event}"`);
    }, READY_TIMEOUT_MS);
  }

  /** Returns this process and all its descendants. */
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

  /** Sends a request without its body and waits until the server expects the body. */
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

/** The processes of one moment. Start times distinguish them from later processes with the same id. */
export class ProcessTree {
  constructor(private readonly members: ReadonlyMap<number, string | undefined>) {}

  get size(): number {
    return this.members.size;
  }

  /** Returns the processes that still run. */
  remainingPids(): number[] {
    return [...this.members]
      .filter(([pid, start]) => start && getStartTime(pid) === start)
      .map(([pid]) => pid);
  }

  async waitForExit(timeoutMs = 15_000): Promise<void> {
    await waitUntil(() => this.remainingPids().length === 0, timeoutMs);
  }
}

/** Returns the commands of all processes with `folder` in their arguments, such as a database server. */
export function findProcessesUsing(folder: string): string[] {
  return listProcesses().flatMap(({ command }) => (command.includes(folder) ? [command] : []));
}

/** A machine that runs other processes beside the tests may take this many times as long. */
const PATIENCE = 3;

/** Polls a condition every 20 ms. Throws after `timeoutMs`, times {@link PATIENCE}. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const end = performance.now() + timeoutMs * PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(
        `The condition did not hold within ${timeoutMs * PATIENCE} ms: ${condition.toString()}`,
      );
    await pause(20);
  }
}

let builtMainPath = '';

/**
 * Compiles the server unless a build of the same sources exists; returns the path of its main file. The build is inside
 * of the repository, so that its imports resolve, and not in `dist/`, because a developer may run a server from there.
 */
export function buildServer(): string {
  if (builtMainPath) return builtMainPath;
  const builds = join(ROOT, '.cache/server');
  const build = join(builds, sourceFingerprint());
  if (!existsSync(build)) compile(builds, build);
  return (builtMainPath = join(build, 'server/main.mjs'));
}

/** Builds in a temporary folder and renames it, because two spec files can build at the same time. */
function compile(builds: string, build: string): void {
  mkdirSync(builds, { recursive: true });
  const temporaryFolder = `${build}.${process.pid}`;
  const options = ['--out-dir', temporaryFolder, '--config-file', '.swcrc', '--extensions', '.ts'];
  const args = [join(ROOT, 'node_modules/@swc/cli/bin/swc.js'), 'src', 'migrations', ...options];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The server cannot be compiled:\n${stdout}`);
  cpSync(join(ROOT, 'content/xel'), join(temporaryFolder, 'content/xel'), { recursive: true });
  const bundling = spawnSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), temporaryFolder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (bundling.status !== 0) throw new Error(`The server cannot be bundled:\n${bundling.stderr}`);
  try {
    renameSync(temporaryFolder, build);
  } catch {
    rmSync(temporaryFolder, { recursive: true }); // another spec file has built it in the meantime
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
