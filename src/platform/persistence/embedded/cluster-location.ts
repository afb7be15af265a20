import { randomUUID } from 'node:crypto';
import { chmod, lchown, mkdir, readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { type ClusterRecord, createRecord, readRecord, RECORD_FILE, writeRecord } from './cluster-record.js';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';
import { ensureRootOwnedFolder, SHARED_FOLDER } from './root-owned-folder.js';
import { type OsAccount, canAccess, EXECUTE, findServiceAccount } from './service-account.js';

/** The folders of a cluster, and the account that runs it. */
export interface ClusterLocation {
  folder: string;
  clusterDir: string;
  /** Major version of an existing cluster; undefined when the cluster must be created. */
  major: string | undefined;
  account: OsAccount | undefined;
  record: ClusterRecord;
}

/** PostgreSQL limits a path to 1024 bytes, including its own files below this folder. */
const MAX_PATH_BYTES = 850;

/** Creates the data folder when it is missing. Other accounts can traverse a folder of root, but not read it. */
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
      `The database of ${dataDir} is missing: it was in ${getClusterDir(dataDir, record)}. Restore it, ` +
        `or remove ${join(dataDir, RECORD_FILE)} to start with an empty one.`,
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
      `The account that runs PostgreSQL (uid ${owner.uid}) cannot access ${clusterDir}: it needs the execute permission on every parent folder.`,
    );
  }
  const major = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
  if (!record.created) await writeRecord(dataDir, { ...record, created: true });
  return { folder: resolve(dataDir, record.home), clusterDir, major, account, record };
}

/** The account that owns a cluster also runs it. Returns undefined when it is the account of this process. */
function resolveRunAccount(clusterDir: string, { uid, gid }: OsAccount): OsAccount | undefined {
  const own = process.geteuid?.();
  if (uid === own && uid !== 0) return undefined;
  if (own === 0 && uid !== 0) return { uid, gid };
  throw new EmbeddedDatabaseError(
    uid === 0
      ? `${clusterDir} belongs to root, and PostgreSQL refuses to run as root: change its owner with chown -R.`
      : `${clusterDir} belongs to another account (uid ${uid}): start as that account or as root.`,
  );
}

/** Uses the folder of an interrupted creation again. */
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

/** Returns whether the account can access the folder and own files in it, which some network drives do not support. */
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

/** Uses a unique name: a data folder that was deleted and created again must not find the cluster of the old one. */
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
    `PostgreSQL cannot run as root, other accounts cannot access ${dataDir}, and ${SHARED_FOLDER} cannot be used ` +
      'instead. Run as an ordinary user, choose a DATA_DIR that other accounts can access, or set DATABASE_URL.',
  );
}

async function assertNoForeignCluster(dataDir: string): Promise<void> {
  const path = join(dataDir, 'postgres');
  if (!(await getOwner(path))) return;
  throw new EmbeddedDatabaseError(
    `${path} exists, but ${join(dataDir, RECORD_FILE)}, which contains its password, does not. ` +
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
