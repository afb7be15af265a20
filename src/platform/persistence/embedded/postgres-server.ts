import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { cannotRun, childOptions, RecentLines, tryingToRun } from './child-process.js';
import type { Home } from './cluster-location.js';
import { EmbeddedDatabaseError, folderInUse } from './errors.js';
import { ownerOf } from './orphaned-servers.js';
import { childSettings, serverSettings } from './settings.js';
import { guard } from './watchdog.js';

export interface Launch {
  binaries: Binaries;
  home: Home;
  /** The name of the cluster in the titles of its processes. */
  name: string;
  durable: boolean;
  settings: Record<string, string>;
  log: (message: string) => void;
}

const ATTEMPTS = 15;
const RETRY_MS = 100;
const PASSING = /could not bind|could not create any TCP\/IP sockets|shared memory block .* still in use/;
const IN_USE = /lock file "postmaster.pid" already exists|shared memory block .* still in use/;
const READY_MS = 300_000;
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5_000;

/** A running PostgreSQL and the way to stop it. */
export class PostgresServer {
  /** Settles when the process has ended, whoever ended it. */
  readonly gone: Promise<void>;

  constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    this.gone = new Promise((resolve) => {
      child.once('exit', () => resolve());
      if (child.exitCode !== null || child.signalCode !== null) resolve();
    });
  }

  /** A fast shutdown: sessions are ended, what was committed is written. Harsher when it takes too long. */
  async stop(): Promise<void> {
    this.child.ref();
    const steps = [
      setTimeout(() => this.child.kill('SIGQUIT'), FAST_STOP_MS),
      setTimeout(() => this.child.kill('SIGKILL'), FAST_STOP_MS + IMMEDIATE_STOP_MS),
    ];
    this.child.kill('SIGINT');
    await this.gone;
    steps.forEach(clearTimeout);
  }
}

/**
 * Starts the server on a free port of the loopback interface. Tried again with another one when somebody was
 * faster, and when the last process of a killed predecessor, already out of every list, is still giving back
 * its memory.
 */
export async function launch(plan: Launch): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const output = new RecentLines();
    const child = spawnServer(plan, port, output);
    if ((await ready(child, output, plan)) === 'ready') return new PostgresServer(child, port);
    if (attempt === ATTEMPTS || !PASSING.test(output.toString())) throw await startFailure(plan, output);
    await pause(RETRY_MS);
  }
}

/** In a session of its own: Ctrl-C in the terminal reaches the application only, which drains first. */
function spawnServer(plan: Launch, port: number, output: RecentLines): ChildProcess {
  const { binaries, home, name, durable, settings, log } = plan;
  const own = { port: String(port), cluster_name: name };
  const args = ['-D', home.clusterDir, ...childSettings(serverSettings(durable, settings, own))];
  const child = tryingToRun(binaries.postgres, () =>
    spawn(binaries.postgres, args, {
      ...childOptions(home.account),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    }),
  );
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => output.add(chunk));
  if (child.pid !== undefined) {
    const release = guard(child.pid, log);
    child.once('exit', release);
  }
  return child;
}

/** PostgreSQL says so on its error output: no probing connections, and not a moment lost. */
async function ready(child: ChildProcess, output: RecentLines, plan: Launch): Promise<'ready' | 'ended'> {
  const timer = setTimeout(() => child.kill('SIGQUIT'), READY_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(cannotRun(plan.binaries.postgres, error)));
      child.once('close', () => resolve('ended'));
      whenSaid(child, output, 'ready to accept connections', () => resolve('ready'));
      whenSaid(child, output, 'automatic recovery in progress', () =>
        plan.log('The database was not shut down properly; recovering what was committed.'),
      );
    });
  } finally {
    clearTimeout(timer);
    child.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
  }
}

function whenSaid(child: ChildProcess, output: RecentLines, words: string, action: () => void): void {
  const look = () => {
    if (!output.toString().includes(words)) return;
    child.stderr?.off('data', look);
    action();
  };
  child.stderr?.on('data', look);
}

async function startFailure({ home }: Launch, output: RecentLines): Promise<EmbeddedDatabaseError> {
  const text = output.toString();
  if (IN_USE.test(text)) {
    const pid = await ownerOf(home.clusterDir);
    return folderInUse(home.clusterDir, `a PostgreSQL server, pid ${pid ?? 'unknown'}`);
  }
  return new EmbeddedDatabaseError(
    `The database in ${home.clusterDir} does not start. PostgreSQL says:\n${text}`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
