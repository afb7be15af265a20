import { constants } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedDatabaseError } from './errors.js';
import { type RunningProcess, listProcesses, sendSignal } from './processes.js';

const POLL_MS = 20;
/** Each a little later than the same step of the watchdog, which may be stopping the server too. */
const QUIT_AFTER_MS = 8_000;
const KILL_AFTER_MS = 11_000;
const GIVE_UP_AFTER_MS = 15_000;

/**
 * Stops servers of this cluster that a killed process left, or waits until their watchdog has stopped them. The caller holds
 * the lock of the folder. Such servers leave `postmaster.pid`, so a start after a normal stop costs one failed read.
 */
export async function stopOrphanedServers(
  clusterDir: string,
  name: string,
  log: (message: string) => void,
): Promise<void> {
  if ((await readLockFile(clusterDir)) === undefined) return;
  if (findServers(name).length > 0) {
    log('A database server was left running by a killed process; waiting for it to stop.');
    await stopServers(name);
  }
  await takeOverStaleLock(clusterDir);
}

/** Returns the pid in the lock file of PostgreSQL. */
export async function readPostmasterPid(clusterDir: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readLockFile(clusterDir)) ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

/**
 * Finds servers by the name of the cluster, which is in the command line of the server and in the title of its children. Root
 * may not be able to read their working directory in a container.
 */
function findServers(name: string): RunningProcess[] {
  return listProcesses().filter(
    ({ command }) => command.includes(`cluster_name=${name}`) || command.startsWith(`postgres: ${name}`),
  );
}

async function stopServers(name: string): Promise<void> {
  signalServers(name, 'SIGINT');
  for (let waited = 0; findServers(name).length > 0; waited += POLL_MS) {
    if (waited === QUIT_AFTER_MS) signalServers(name, 'SIGQUIT');
    if (waited === KILL_AFTER_MS) for (const { pid } of findServers(name)) sendSignal(pid, 'SIGKILL');
    if (waited >= GIVE_UP_AFTER_MS) {
      const pids = findServers(name).map(({ pid }) => pid);
      throw new EmbeddedDatabaseError(
        `A database server left by a killed process does not stop (pid ${pids.join(', ')}).`,
      );
    }
    await pause(POLL_MS);
  }
}

/** Signals only the server, which stops its children: signals have other meanings for them. Children without a server get SIGQUIT. */
function signalServers(name: string, kind: NodeJS.Signals): void {
  const all = findServers(name);
  for (const { pid, parent, command } of all) {
    const isChild = all.some((other) => other.pid === parent);
    if (!isChild) sendSignal(pid, command.startsWith('postgres: ') ? 'SIGQUIT' : kind);
  }
}

/**
 * Replaces a stale pid in the lock file. It can be the pid of a zombie or, after a power cut or in a restarted container, of
 * an unrelated process, and PostgreSQL would refuse to start. PostgreSQL accepts the pid of its parent, which is this process.
 * The rest of the file is kept: PostgreSQL uses it to check whether a process still uses the old shared memory. A file without
 * a pid is removed.
 */
async function takeOverStaleLock(clusterDir: string): Promise<void> {
  const [text, pid] = [await readLockFile(clusterDir), await readPostmasterPid(clusterDir)];
  if (text === undefined) return;
  if (pid === undefined) return rm(getLockFilePath(clusterDir));
  const holder = listProcesses().find((process) => process.pid === pid);
  if (holder && /(^|\/)(postgres|postmaster)(:|\s|$)/.test(holder.command)) return;
  // The folder belongs to another account, so root must not follow a symbolic link in it.
  const flag = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;
  await writeFile(getLockFilePath(clusterDir), text.replace(/^\d+/, String(process.pid)), { flag });
}

async function readLockFile(clusterDir: string): Promise<string | undefined> {
  return readFile(getLockFilePath(clusterDir), 'utf8').catch(() => undefined);
}

function getLockFilePath(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}
