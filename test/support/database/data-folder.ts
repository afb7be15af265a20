import { mkdtempSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY_FILE_SYSTEM = '/dev/shm';
const GIB = 1024 ** 3;

/**
 * Creates a folder for the data of a throw-away PostgreSQL: in memory where there is enough of it, because a database is
 * about 900 files, and some disks take ten times as long as memory to create them; else below the temporary folder.
 */
export function createDataFolder(prefix: string): string {
  return mkdtempSync(join(hasMemoryFileSystem() ? MEMORY_FILE_SYSTEM : tmpdir(), prefix));
}

function hasMemoryFileSystem(): boolean {
  if (process.platform !== 'linux' || freemem() < 6 * GIB) return false;
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FILE_SYSTEM);
    return bavail * bsize >= 3 * GIB;
  } catch {
    return false;
  }
}
