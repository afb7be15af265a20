import { randomBytes, randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';

/**
 * `embedded.json` of a data folder: what is needed to find and open its cluster, readable by our account
 * only.
 */
export interface ClusterRecord {
  /** Names the cluster's processes, so that those a crash left behind are known again. */
  id: string;
  /**
   * The folder that holds the cluster: `.` for the data folder itself, so that it can be moved as a whole.
   */
  home: string;
  password: string;
  /**
   * False until the cluster is complete. A cluster that was created and is missing is never silently made
   * anew.
   */
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
    `${path}, which says where the database lies, is damaged. Restore it from a backup.`,
  );
}

/**
 * Whole or not at all, and on disk before the cluster becomes visible: without its password it would be lost.
 */
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

/** A rename is only certain to survive a power cut when its folder was written out. */
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
