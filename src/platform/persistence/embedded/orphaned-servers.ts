import { constants } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedDatabaseError } from './errors.js';
import { type RunningProcess, listProcesses, sendSignal } from './processes.js';

const POLL_MS = 20;
/** A little longer than the watchdog's own steps, which may be under way. */
const QUIT_AFTER_MS = 8_000;
const KILL_AFTER_MS = 11_000;
const GIVE_UP_AFTER_MS = 15_000;

/**
 * Called by the holder of the lock, before it starts a server: whatever still serves this cluster was left by
 * a killed application, and is stopped, or awaited while its watchdog stops it. PostgreSQL leaves
 * `postmaster.pid` behind in every such case, so a clean start costs one failed look.
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

/** The pid in PostgreSQL's own lock file. */
export async function readPostmasterPid(clusterDir: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readLockFile(clusterDir)) ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

/**
 * Known by the cluster's name, which PostgreSQL shows in the command line of the server and in the title of
 * all its children. (Their working directory would tell as well, but in a container root may not see it.)
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

/** The server tells its children what to do; they would misread its signals. Without it they know SIGQUIT. */
function signalServers(name: string, kind: NodeJS.Signals): void {
  const all = findServers(name);
  for (const { pid, parent, command } of all) {
    const isChild = all.some((other) => other.pid === parent);
    if (!isChild) sendSignal(pid, command.startsWith('postgres: ') ? 'SIGQUIT' : kind);
  }
}

/**
 * The pid in the lock file may mean a zombie, or after a power cut or in a restarted container an innocent
 * process, and PostgreSQL would refuse to start. It does accept the pid of its own parent, which we are about
 * to be. The rest of the file stays: with it PostgreSQL finds out whether any process still has the old
 * shared memory. A file without a pid says nothing and is removed.
 */
async function takeOverStaleLock(clusterDir: string): Promise<void> {
  const [text, pid] = [await readLockFile(clusterDir), await readPostmasterPid(clusterDir)];
  if (text === undefined) return;
  if (pid === undefined) return rm(getLockFilePath(clusterDir));
  const holder = listProcesses().find((process) => process.pid === pid);
  if (holder && /(^|\/)(postgres|postmaster)(:|\s|$)/.test(holder.command)) return;
  // The folder belongs to another account: as root we must not be led elsewhere by a symbolic link.
  const flag = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;
  await writeFile(getLockFilePath(clusterDir), text.replace(/^\d+/, String(process.pid)), { flag });
}

async function readLockFile(clusterDir: string): Promise<string | undefined> {
  return readFile(getLockFilePath(clusterDir), 'utf8').catch(() => undefined);
}

function getLockFilePath(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}
