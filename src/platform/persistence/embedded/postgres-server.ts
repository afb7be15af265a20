import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { cannotRunError, childOptions, RecentLines, spawnOrThrow } from './child-process.js';
import type { ClusterLocation } from './cluster-location.js';
import { EmbeddedDatabaseError, folderInUseError } from './errors.js';
import { readPostmasterPid } from './orphaned-servers.js';
import { toCommandLineArguments, buildServerSettings } from './settings.js';
import { startWatchdog } from './watchdog.js';

export interface LaunchOptions {
  binaries: Binaries;
  location: ClusterLocation;
  /** The name of the cluster in the titles of its processes. */
  name: string;
  durable: boolean;
  settings: Record<string, string>;
  log: (message: string) => void;
}

const MAX_ATTEMPTS = 15;
const RETRY_MS = 100;
const RETRYABLE_ERROR =
  /could not bind|could not create any TCP\/IP sockets|shared memory block .* still in use/;
const IN_USE = /lock file "postmaster.pid" already exists|shared memory block .* still in use/;
const READY_TIMEOUT_MS = 300_000;
const FAST_STOP_TIMEOUT_MS = 10_000;
const IMMEDIATE_STOP_TIMEOUT_MS = 5_000;

/** A running PostgreSQL and the way to stop it. */
export class PostgresServer {
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<void>;

  constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    this.exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      if (child.exitCode !== null || child.signalCode !== null) resolve();
    });
  }

  /** Stops PostgreSQL with a fast shutdown, then with an immediate one, then with SIGKILL. */
  async stop(): Promise<void> {
    this.child.ref();
    const timers = [
      setTimeout(() => this.child.kill('SIGQUIT'), FAST_STOP_TIMEOUT_MS),
      setTimeout(() => this.child.kill('SIGKILL'), FAST_STOP_TIMEOUT_MS + IMMEDIATE_STOP_TIMEOUT_MS),
    ];
    this.child.kill('SIGINT');
    await this.exited;
    timers.forEach(clearTimeout);
  }
}

/**
 * Starts PostgreSQL on a free port of the loopback interface. Retries when another process has taken the port, and while the
 * kernel still frees the shared memory of a killed server.
 */
export async function startPostgres(options: LaunchOptions): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const output = new RecentLines();
    const child = spawnServer(options, port, output);
    if ((await waitUntilReady(child, output, options)) === 'ready') return new PostgresServer(child, port);
    if (attempt === MAX_ATTEMPTS || !RETRYABLE_ERROR.test(output.toString()))
      throw await toStartError(options, output);
    await pause(RETRY_MS);
  }
}

/** Starts the server in its own session: Ctrl-C in the terminal reaches only the application, which shuts down first. */
function spawnServer(options: LaunchOptions, port: number, output: RecentLines): ChildProcess {
  const { binaries, location, name, durable, settings, log } = options;
  const instanceSettings = { port: String(port), cluster_name: name };
  const args = [
    '-D',
    location.clusterDir,
    ...toCommandLineArguments(buildServerSettings(durable, settings, instanceSettings)),
  ];
  const child = spawnOrThrow(binaries.postgres, () =>
    spawn(binaries.postgres, args, {
      ...childOptions(location.account),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    }),
  );
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => output.add(chunk));
  if (child.pid !== undefined) {
    const release = startWatchdog(child.pid, log);
    child.once('exit', release);
  }
  return child;
}

/** Waits for the message on the error output. This is faster than trying to connect. */
async function waitUntilReady(
  child: ChildProcess,
  output: RecentLines,
  options: LaunchOptions,
): Promise<'ready' | 'ended'> {
  const timer = setTimeout(() => child.kill('SIGQUIT'), READY_TIMEOUT_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(cannotRunError(options.binaries.postgres, error)));
      child.once('close', () => resolve('ended'));
      onOutput(child, output, 'ready to accept connections', () => resolve('ready'));
      onOutput(child, output, 'automatic recovery in progress', () =>
        options.log('The database was not shut down properly; recovering committed transactions.'),
      );
    });
  } finally {
    clearTimeout(timer);
    child.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
  }
}

function onOutput(child: ChildProcess, output: RecentLines, text: string, action: () => void): void {
  const check = () => {
    if (!output.toString().includes(text)) return;
    child.stderr?.off('data', check);
    action();
  };
  child.stderr?.on('data', check);
}

async function toStartError(
  { location }: LaunchOptions,
  output: RecentLines,
): Promise<EmbeddedDatabaseError> {
  const text = output.toString();
  if (IN_USE.test(text)) {
    const pid = await readPostmasterPid(location.clusterDir);
    return folderInUseError(location.clusterDir, `a PostgreSQL server, pid ${pid ?? 'unknown'}`);
  }
  return new EmbeddedDatabaseError(
    `The database in ${location.clusterDir} does not start. Output of PostgreSQL:\n${text}`,
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
