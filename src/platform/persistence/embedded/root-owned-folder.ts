import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Folder of root for files that another account must access: copies of the programs, and clusters of private data folders. */
export const SHARED_FOLDER = '/var/lib/xentree-server';

const STICKY = 0o1000;
const OTHERS_MAY_WRITE = 0o022;

/**
 * Creates the folder when it is missing. Returns its real path, or undefined when another account can have written to it. Root
 * executes files of this folder, so a folder that another user has created in /tmp must be refused. Every parent must belong to
 * root and be writable by root only, or be sticky, where others cannot rename or remove files of root. The last part of the path
 * must not be a symbolic link.
 */
export async function ensureRootOwnedFolder(path: string): Promise<string | undefined> {
  try {
    const created = await mkdir(path, { recursive: true, mode: 0o755 });
    if (created) await chmod(path, 0o755);
    const folder = join(await realpath(dirname(path)), basename(path));
    return (await isWritableByRootOnly(folder)) ? folder : undefined;
  } catch {
    return undefined;
  }
}

async function isWritableByRootOnly(folder: string): Promise<boolean> {
  if (!isClosedRootFolder(await lstat(folder))) return false;
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    const stats = await lstat(parent);
    if (!isClosedRootFolder(stats) && !isStickyRootFolder(stats)) return false;
    if (parent === dirname(parent)) return true;
  }
}

function isClosedRootFolder(stats: Stats): boolean {
  return stats.isDirectory() && stats.uid === 0 && (stats.mode & OTHERS_MAY_WRITE) === 0;
}

function isStickyRootFolder(stats: Stats): boolean {
  return stats.isDirectory() && stats.uid === 0 && (stats.mode & STICKY) !== 0;
}
