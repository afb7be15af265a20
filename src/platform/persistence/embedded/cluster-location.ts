import { randomUUID } from 'node:crypto';
import { chmod, lchown, mkdir, readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { type ClusterRecord, freshRecord, readRecord, RECORD_FILE, writeRecord } from './cluster-record.js';
import { codeOf, EmbeddedDatabaseError } from './errors.js';
import { rootFolder, SHARED_FOLDER } from './root-owned-folder.js';
import { type Account, canUse, PASS, serviceAccount } from './service-account.js';

/** Where a cluster lies, or is about to, and who runs it. */
export interface Home {
  folder: string;
  clusterDir: string;
  /** The PostgreSQL version of an existing cluster; nothing when it must be created. */
  major: string | undefined;
  account: Account | undefined;
  record: ClusterRecord;
}

/** PostgreSQL keeps a path in 1024 bytes, and its own files lie deeper. */
const LONGEST_PATH = 850;

/** Makes the data folder when it is missing. Root's stays passable for others; its files are not readable. */
export async function openFolder(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new EmbeddedDatabaseError(
      `The path of the data folder is longer than ${LONGEST_PATH} bytes: ${path}`,
    );
  }
  const mode = process.geteuid?.() === 0 ? 0o711 : 0o700;
  const made = await mkdir(path, { recursive: true, mode });
  if (made) await chmod(path, mode);
  return realpath(path);
}

export async function openHome(dataDir: string): Promise<Home> {
  const record = await readRecord(dataDir);
  if (!record) await refuseForeignCluster(dataDir);
  const found = record && (await existingHome(dataDir, record));
  if (found) return found;
  if (record?.created) {
    throw new EmbeddedDatabaseError(
      `The database of ${dataDir} is missing: it lay in ${clusterIn(dataDir, record)}. Bring it back, ` +
        `or remove ${join(dataDir, RECORD_FILE)} to begin with an empty one.`,
    );
  }
  return newHome(dataDir, record?.home);
}

async function existingHome(dataDir: string, record: ClusterRecord): Promise<Home | undefined> {
  const clusterDir = clusterIn(dataDir, record);
  const owner = await ownerOf(clusterDir);
  if (!owner) return undefined;
  const account = runnerOf(clusterDir, owner);
  if (!(await canUse(clusterDir, PASS, account))) {
    throw new EmbeddedDatabaseError(
      `The account that runs PostgreSQL (uid ${owner.uid}) cannot reach ${clusterDir}: a folder above is closed to it.`,
    );
  }
  const major = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
  if (!record.created) await writeRecord(dataDir, { ...record, created: true });
  return { folder: resolve(dataDir, record.home), clusterDir, major, account, record };
}

/** A cluster is always run by the account that owns it, whoever that was when it was created. */
function runnerOf(clusterDir: string, { uid, gid }: Account): Account | undefined {
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
async function newHome(dataDir: string, begun: string | undefined): Promise<Home> {
  const account = await serviceAccount();
  const inside = !account || (await canKeep(dataDir, account));
  const record = freshRecord(inside ? '.' : await outerFolder(dataDir, account, begun));
  await writeRecord(dataDir, record);
  const clusterDir = clusterIn(dataDir, record);
  return { folder: resolve(dataDir, record.home), clusterDir, major: undefined, account, record };
}

/** Whether the account can reach the folder, and own something in it (not so on every network drive). */
async function canKeep(folder: string, account: Account): Promise<boolean> {
  if (!(await canUse(folder, PASS, account))) return false;
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
async function outerFolder(dataDir: string, account: Account, begun: string | undefined): Promise<string> {
  const shared = await rootFolder(SHARED_FOLDER);
  const name = begun && isAbsolute(begun) ? begun : join(shared ?? SHARED_FOLDER, randomUUID());
  const folder = shared && (await rootFolder(name));
  if (folder && (await canKeep(folder, account))) return folder;
  if (folder) await rmdir(folder).catch(() => undefined);
  throw new EmbeddedDatabaseError(
    `PostgreSQL cannot run as root, other accounts cannot reach ${dataDir}, and ${SHARED_FOLDER} cannot be used ` +
      'instead. Run as an ordinary user, choose a DATA_DIR open to others, or set DATABASE_URL.',
  );
}

async function refuseForeignCluster(dataDir: string): Promise<void> {
  const path = join(dataDir, 'postgres');
  if (!(await ownerOf(path))) return;
  throw new EmbeddedDatabaseError(
    `${path} exists, but ${join(dataDir, RECORD_FILE)}, which would hold its password, does not. ` +
      'Restore that file, or choose another DATA_DIR.',
  );
}

async function ownerOf(path: string): Promise<Account | undefined> {
  return stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function clusterIn(dataDir: string, record: ClusterRecord): string {
  return join(resolve(dataDir, record.home), 'postgres');
}
