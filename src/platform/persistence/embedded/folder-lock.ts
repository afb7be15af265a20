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
 * One owner per folder. Each candidate first lays down a claim of its own, then looks at the others: of two
 * that come at once at least one sees the other and steps back, so there are never two owners. A claim has a
 * name that is never used again, so removing a dead one can hit nobody else, which replacing one shared lock
 * file could. `named` is the folder as the person knows it, for the message.
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

/** Those who cannot see our process look for a change of the time, no more; so a counter will do for one. */
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

/** Nothing for a claim that is gone or broken: claims appear whole, so a power cut broke it. */
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

/** In another container or on another machine, where its pid says nothing to us. */
function isInOtherEnvironment(owner: ProcessIdentity): boolean {
  const current = getOwnIdentity();
  return owner.boot !== current.boot || owner.space !== current.space;
}

async function isOwnerAlive(owner: ProcessIdentity, path: string, log: LogMessage): Promise<boolean> {
  const current = getOwnIdentity();
  if (!isInOtherEnvironment(owner)) return getStartTime(owner.pid) === owner.start;
  if (owner.boot !== current.boot && owner.host === current.host) return false;
  log(
    `The data folder was last used from another container or machine (${owner.host}); making sure it has stopped.`,
  );
  return hasHeartbeat(path);
}

/** On a volume that two containers share, the other's processes are invisible, but a living owner beats. */
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
