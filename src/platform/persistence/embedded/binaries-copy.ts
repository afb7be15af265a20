import { randomUUID } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A complete copy of `source` at `target`, made once. It is built beside and renamed, so two processes at once and
 * a crash in the middle are harmless; and it is compared by size each time, because a power cut leaves empty files
 * and the cleaner of a temporary folder takes single ones away.
 */
export async function copyOf(
  source: string,
  target: string,
  finish: (copy: string) => Promise<void>,
): Promise<string> {
  if (await sameFiles(source, target)) return target;
  const fresh = `${target}.${randomUUID()}`;
  try {
    await copyFolder(source, fresh);
    await finish(fresh);
    await replace(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await sameFiles(source, target))) throw error;
  }
  return target;
}

/** The modes are set, not copied: the package may have been unpacked under a umask that shut others out. */
async function copyFolder(source: string, target: string): Promise<void> {
  await mkdir(target);
  await chmod(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await copyFolder(from, to);
    if (!isWanted(entry)) continue;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, 0o755);
  }
}

async function sameFiles(source: string, copy: string): Promise<boolean> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(copy, entry.name)];
    if (entry.isDirectory() && !(await sameFiles(from, to))) return false;
    if (isWanted(entry) && (await sizeOf(from)) !== (await sizeOf(to))) return false;
  }
  return true;
}

/** Static libraries are for compiling against; symbolic links are made again in the copy. */
function isWanted(entry: Dirent): boolean {
  return entry.isFile() && !entry.name.endsWith('.a');
}

async function sizeOf(path: string): Promise<number | undefined> {
  return lstat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

/** A broken copy is moved aside first: a folder that holds something cannot be renamed over. */
async function replace(fresh: string, target: string): Promise<void> {
  const aside = `${fresh}.old`;
  await rename(target, aside).catch(() => undefined);
  await rename(fresh, target);
  await rm(aside, { recursive: true, force: true });
}
