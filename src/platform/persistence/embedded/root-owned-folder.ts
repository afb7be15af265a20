import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Where root keeps what another account must reach: copies of the programs, and clusters of closed data
 * folders.
 */
export const SHARED_FOLDER = '/var/lib/xentree-server';

const STICKY = 0o1000;
const OTHERS_MAY_WRITE = 0o022;

/**
 * The folder, made when missing, if only root can have put anything into it; else nothing. Root is going to
 * run what lies there, so a folder that somebody planted in a shared place such as /tmp must be refused:
 * every part of the path belongs to root and is closed to the writing of others, or is sticky, where they may
 * add but can neither rename nor remove what is root's. Checked without following a symbolic link in the last
 * place.
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
