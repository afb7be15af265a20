import { randomInt, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { getErrorCode, folderInUseError } from './errors.js';
import { getOwnIdentity, type ProcessIdentity, getStartTime } from './processes.js';

export interface FolderLock {
  release(): Promise<void>;
}

type LogMessage = (message: string) => void;

const MAX_ATTEMPTS = 6;
const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_MS = 10_000;

/**
 * Locks a folder for one process. Each process first writes its own claim, then reads the others. Of two concurrent processes
 * at least one sees the other claim and releases its own, so there are never two owners. The name of a claim is unique, so
 * deleting a dead claim cannot delete a new one, as it could with one shared lock file. `displayName` is the folder in the error
 * message.
 */
export async function lockFolder(folder: string, log: LogMessage, displayName = folder): Promise<FolderLock> {
  const claims = join(folder, 'owners');
  await mkdir(claims, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const ownClaim = await createClaim(claims);
    const otherOwner = await findLiveClaim(claims, ownClaim, log).catch(async (error: unknown) => {
      await ownClaim.release();
      throw error;
    });
    if (!otherOwner) return ownClaim;
    await ownClaim.release();
    if (attempt === MAX_ATTEMPTS || isInOtherEnvironment(otherOwner))
      throw folderInUseError(displayName, describeOwner(otherOwner));
    await pause(randomInt(5, 80));
  }
}

interface Claim extends FolderLock {
  file: string;
}

async function createClaim(claims: string): Promise<Claim> {
  const file = `${randomUUID()}.json`;
  const path = join(claims, file);
  await writeFile(`${path}.new`, JSON.stringify(getOwnIdentity()));
  await rename(`${path}.new`, path);
  const heartbeatTimer = startHeartbeat(path);
  return {
    file,
    release: async () => {
      clearInterval(heartbeatTimer);
      await rm(path, { force: true });
    },
  };
}

/** Other containers detect any change of the modification time, so the time can be a counter. */
function startHeartbeat(path: string): NodeJS.Timeout {
  let count = 0;
  return setInterval(() => {
    count += 1;
    utimes(path, count, count).catch(() => undefined);
  }, HEARTBEAT_MS).unref();
}

async function findLiveClaim(
  claims: string,
  ownClaim: Claim,
  log: LogMessage,
): Promise<ProcessIdentity | undefined> {
  const files = (await readdir(claims)).filter((file) => file.endsWith('.json') && file !== ownClaim.file);
  for (const file of files) {
    const path = join(claims, file);
    const owner = await readClaim(path);
    if (owner && (await isOwnerAlive(owner, path, log))) return owner;
    await rm(path, { force: true });
  }
  return undefined;
}

/** Returns undefined for a claim that is gone or damaged. Claims are written atomically, so only a power cut damages one. */
async function readClaim(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const claim = JSON.parse(await readFile(path, 'utf8')) as Partial<ProcessIdentity> | null;
    if (!claim || !Number.isInteger(claim.pid)) return undefined;
    const { pid = 0, start = '', boot = '', space = '', host = '' } = claim;
    return { pid, start, boot, space, host };
  } catch (error) {
    if (error instanceof SyntaxError || getErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns whether the owner runs in another container or on another machine, where its pid has no meaning here. */
function isInOtherEnvironment(owner: ProcessIdentity): boolean {
  const current = getOwnIdentity();
  return owner.boot !== current.boot || owner.space !== current.space;
}

async function isOwnerAlive(owner: ProcessIdentity, path: string, log: LogMessage): Promise<boolean> {
  const current = getOwnIdentity();
  if (!isInOtherEnvironment(owner)) return getStartTime(owner.pid) === owner.start;
  if (owner.boot !== current.boot && owner.host === current.host) return false;
  log(
    `The data folder was last used from another container or machine (${owner.host}); waiting to see whether that process has stopped.`,
  );
  return hasHeartbeat(path);
}

/** Waits for a heartbeat: on a volume that two containers share, the processes of the other one are invisible. */
async function hasHeartbeat(path: string): Promise<boolean> {
  const first = await readHeartbeat(path);
  for (let waited = 0; waited < DEAD_AFTER_MS; waited += HEARTBEAT_MS / 4) {
    await pause(HEARTBEAT_MS / 4);
    const latest = await readHeartbeat(path);
    if (latest === undefined) return false;
    if (latest !== first) return true;
  }
  return false;
}

async function readHeartbeat(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

function describeOwner(owner: ProcessIdentity): string {
  const host = owner.host === getOwnIdentity().host ? '' : ` on ${owner.host}`;
  return `pid ${owner.pid}${host}`;
}
