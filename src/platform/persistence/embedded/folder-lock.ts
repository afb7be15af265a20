import { randomInt, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, folderInUse } from './errors.js';
import { ownIdentity, type ProcessIdentity, startOf } from './processes.js';

export interface FolderLock {
  release(): Promise<void>;
}

type Log = (message: string) => void;

const ATTEMPTS = 6;
const BEAT_MS = 2_000;
const SILENCE_MS = 10_000;

/**
 * One owner per folder. Each candidate first lays down a claim of its own, then looks at the others: of two
 * that come at once at least one sees the other and steps back, so there are never two owners. A claim has a
 * name that is never used again, so removing a dead one can hit nobody else, which replacing one shared lock
 * file could. `named` is the folder as the person knows it, for the message.
 */
export async function lockFolder(folder: string, log: Log, named = folder): Promise<FolderLock> {
  const claims = join(folder, 'owners');
  await mkdir(claims, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const mine = await layClaim(claims);
    const rival = await livingRival(claims, mine, log).catch(async (error: unknown) => {
      await mine.release();
      throw error;
    });
    if (!rival) return mine;
    await mine.release();
    if (attempt === ATTEMPTS || isElsewhere(rival)) throw folderInUse(named, describe(rival));
    await pause(randomInt(5, 80));
  }
}

interface Claim extends FolderLock {
  file: string;
}

async function layClaim(claims: string): Promise<Claim> {
  const file = `${randomUUID()}.json`;
  const path = join(claims, file);
  await writeFile(`${path}.new`, JSON.stringify(ownIdentity()));
  await rename(`${path}.new`, path);
  const beat = startBeating(path);
  return {
    file,
    release: async () => {
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/** Those who cannot see our process look for a change of the time, no more; so a counter will do for one. */
function startBeating(path: string): NodeJS.Timeout {
  let beats = 0;
  return setInterval(() => {
    beats += 1;
    utimes(path, beats, beats).catch(() => undefined);
  }, BEAT_MS).unref();
}

async function livingRival(claims: string, mine: Claim, log: Log): Promise<ProcessIdentity | undefined> {
  const files = (await readdir(claims)).filter((file) => file.endsWith('.json') && file !== mine.file);
  for (const file of files) {
    const path = join(claims, file);
    const owner = await readClaim(path);
    if (owner && (await isAlive(owner, path, log))) return owner;
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
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** In another container or on another machine, where its pid says nothing to us. */
function isElsewhere(owner: ProcessIdentity): boolean {
  const here = ownIdentity();
  return owner.boot !== here.boot || owner.space !== here.space;
}

async function isAlive(owner: ProcessIdentity, path: string, log: Log): Promise<boolean> {
  const here = ownIdentity();
  if (!isElsewhere(owner)) return startOf(owner.pid) === owner.start;
  if (owner.boot !== here.boot && owner.host === here.host) return false;
  log(
    `The data folder was last used from another container or machine (${owner.host}); making sure it has stopped.`,
  );
  return beats(path);
}

/** On a volume that two containers share, the other's processes are invisible, but a living owner beats. */
async function beats(path: string): Promise<boolean> {
  const seen = await lastBeat(path);
  for (let waited = 0; waited < SILENCE_MS; waited += BEAT_MS / 4) {
    await pause(BEAT_MS / 4);
    const now = await lastBeat(path);
    if (now === undefined) return false;
    if (now !== seen) return true;
  }
  return false;
}

async function lastBeat(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

function describe(owner: ProcessIdentity): string {
  const host = owner.host === ownIdentity().host ? '' : ` on ${owner.host}`;
  return `pid ${owner.pid}${host}`;
}
