import { randomBytes, randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';

/** `embedded.json` of a data folder: the location and password of its cluster. Only the account of this process can read it. */
export interface ClusterRecord {
  /** Part of the names of the cluster's processes, so that a later start recognizes processes that survived a crash. */
  id: string;
  /** Folder that contains the cluster; `.` for the data folder itself, so that it can be moved. */
  home: string;
  password: string;
  /** False until the cluster is complete. When a created cluster is missing, the start fails instead of creating a new one. */
  created: boolean;
}

export const RECORD_FILE = 'embedded.json';

export function createRecord(home: string): ClusterRecord {
  return { id: randomUUID(), home, password: randomBytes(24).toString('base64url'), created: false };
}

export async function readRecord(folder: string): Promise<ClusterRecord | undefined> {
  const path = join(folder, RECORD_FILE);
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isRecord(record)) return record;
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new EmbeddedDatabaseError(
    `${path}, which contains the location of the database, is damaged. Restore it from a backup.`,
  );
}

/** Writes the record atomically, and flushes it to disk before the cluster exists: a cluster without its password is lost. */
export async function writeRecord(folder: string, record: ClusterRecord): Promise<void> {
  const path = join(folder, RECORD_FILE);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

/** Flushes a folder to disk: only then does a rename in it survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isRecord(value: unknown): value is ClusterRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, home, password, created } = value as Record<string, unknown>;
  return [id, home, password].every((text) => typeof text === 'string') && typeof created === 'boolean';
}
