import { randomUUID } from 'node:crypto';
import { chmod, lchown, mkdir, readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { type ClusterRecord, createRecord, readRecord, RECORD_FILE, writeRecord } from './cluster-record.js';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';
import { ensureRootOwnedFolder, SHARED_FOLDER } from './root-owned-folder.js';
import { type OsAccount, canAccess, EXECUTE, findServiceAccount } from './service-account.js';

/** Where a cluster lies, or is about to, and who runs it. */
export interface ClusterLocation {
  folder: string;
  clusterDir: string;
  /** The PostgreSQL version of an existing cluster; nothing when it must be created. */
  major: string | undefined;
  account: OsAccount | undefined;
  record: ClusterRecord;
}

/** PostgreSQL keeps a path in 1024 bytes, and its own files lie deeper. */
const MAX_PATH_BYTES = 850;

/** Makes the data folder when it is missing. Root's stays passable for others; its files are not readable. */
export async function openDataFolder(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new EmbeddedDatabaseError(
      `The path of the data folder is longer than ${MAX_PATH_BYTES} bytes: ${path}`,
    );
  }
  const mode = process.geteuid?.() === 0 ? 0o711 : 0o700;
  const created = await mkdir(path, { recursive: true, mode });
  if (created) await chmod(path, mode);
  return realpath(path);
}

export async function locateCluster(dataDir: string): Promise<ClusterLocation> {
  const record = await readRecord(dataDir);
  if (!record) await assertNoForeignCluster(dataDir);
  const existing = record && (await findExistingCluster(dataDir, record));
  if (existing) return existing;
  if (record?.created) {
    throw new EmbeddedDatabaseError(
      `The database of ${dataDir} is missing: it lay in ${getClusterDir(dataDir, record)}. Bring it back, ` +
        `or remove ${join(dataDir, RECORD_FILE)} to begin with an empty one.`,
    );
  }
  return planNewCluster(dataDir, record?.home);
}

async function findExistingCluster(
  dataDir: string,
  record: ClusterRecord,
): Promise<ClusterLocation | undefined> {
  const clusterDir = getClusterDir(dataDir, record);
  const owner = await getOwner(clusterDir);
  if (!owner) return undefined;
  const account = resolveRunAccount(clusterDir, owner);
  if (!(await canAccess(clusterDir, EXECUTE, account))) {
    throw new EmbeddedDatabaseError(
      `The account that runs PostgreSQL (uid ${owner.uid}) cannot reach ${clusterDir}: a folder above is closed to it.`,
    );
  }
  const major = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
  if (!record.created) await writeRecord(dataDir, { ...record, created: true });
  return { folder: resolve(dataDir, record.home), clusterDir, major, account, record };
}

/** A cluster is always run by the account that owns it, whoever that was when it was created. */
function resolveRunAccount(clusterDir: string, { uid, gid }: OsAccount): OsAccount | undefined {
  const own = process.geteuid?.();
  if (uid === own && uid !== 0) return undefined;
  if (own === 0 && uid !== 0) return { uid, gid };
  throw new EmbeddedDatabaseError(
    uid === 0
      ? `${clusterDir} belongs to root, and PostgreSQL refuses to run as root: give it back with chown -R.`
      : `${clusterDir} belongs to another account (uid ${uid}): start as that account or as root.`,
  );
}

/** A creation that was interrupted goes on in the folder it had begun with. */
async function planNewCluster(dataDir: string, previousFolder: string | undefined): Promise<ClusterLocation> {
  const account = await findServiceAccount();
  const fitsInDataFolder = !account || (await canHoldFilesOf(dataDir, account));
  const record = createRecord(
    fitsInDataFolder ? '.' : await createExternalFolder(dataDir, account, previousFolder),
  );
  await writeRecord(dataDir, record);
  const clusterDir = getClusterDir(dataDir, record);
  return { folder: resolve(dataDir, record.home), clusterDir, major: undefined, account, record };
}

/** Whether the account can reach the folder, and own something in it (not so on every network drive). */
async function canHoldFilesOf(folder: string, account: OsAccount): Promise<boolean> {
  if (!(await canAccess(folder, EXECUTE, account))) return false;
  const probe = join(folder, `probe-${randomUUID()}`);
  await mkdir(probe);
  try {
    await lchown(probe, account.uid, account.gid);
    return true;
  } catch {
    return false;
  } finally {
    await rmdir(probe);
  }
}

/** A name never used before, so that a data folder made anew does not meet the cluster of an earlier one. */
async function createExternalFolder(
  dataDir: string,
  account: OsAccount,
  previousFolder: string | undefined,
): Promise<string> {
  const shared = await ensureRootOwnedFolder(SHARED_FOLDER);
  const name =
    previousFolder && isAbsolute(previousFolder)
      ? previousFolder
      : join(shared ?? SHARED_FOLDER, randomUUID());
  const folder = shared && (await ensureRootOwnedFolder(name));
  if (folder && (await canHoldFilesOf(folder, account))) return folder;
  if (folder) await rmdir(folder).catch(() => undefined);
  throw new EmbeddedDatabaseError(
    `PostgreSQL cannot run as root, other accounts cannot reach ${dataDir}, and ${SHARED_FOLDER} cannot be used ` +
      'instead. Run as an ordinary user, choose a DATA_DIR open to others, or set DATABASE_URL.',
  );
}

async function assertNoForeignCluster(dataDir: string): Promise<void> {
  const path = join(dataDir, 'postgres');
  if (!(await getOwner(path))) return;
  throw new EmbeddedDatabaseError(
    `${path} exists, but ${join(dataDir, RECORD_FILE)}, which would hold its password, does not. ` +
      'Restore that file, or choose another DATA_DIR.',
  );
}

async function getOwner(path: string): Promise<OsAccount | undefined> {
  return stat(path).catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function getClusterDir(dataDir: string, record: ClusterRecord): string {
  return join(resolve(dataDir, record.home), 'postgres');
}
