import { constants, type Stats } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account PostgreSQL runs in. Where a function takes none, it means the account of this process. */
export interface OsAccount {
  uid: number;
  gid: number;
}

const NOBODY: OsAccount = { uid: 65534, gid: 65534 };

/** PostgreSQL refuses to run as root; an ordinary user needs no second account and gets none. */
export async function findServiceAccount(): Promise<OsAccount | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  return parseServiceAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
}

/** The account made for PostgreSQL when the machine has one (macOS calls it `_postgres`), else `nobody`. */
export function parseServiceAccount(passwd: string): OsAccount {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const [uid, gid] =
      lines
        .find(([known]) => known === name)
        ?.slice(2, 4)
        .map(Number) ?? [];
    if (uid && gid && uid > 0 && gid > 0) return { uid, gid };
  }
  return NOBODY;
}

export const READ = constants.R_OK;
export const EXECUTE = constants.X_OK;

/**
 * Whether the account may pass through every parent of `path` and has the `need`ed bits on it. The kernel
 * answers for our own account; for another one the mode bits are read, which at worst takes the longer way
 * where an access list would have allowed the short one.
 */
export async function canAccess(path: string, mode: number, account?: OsAccount): Promise<boolean> {
  try {
    if (!account) return await access(path, mode).then(() => true);
    const real = await realpath(path);
    for (let parent = dirname(real); ; parent = dirname(parent)) {
      if (!hasPermission(await stat(parent), EXECUTE, account)) return false;
      if (parent === dirname(parent)) break;
    }
    return hasPermission(await stat(real), mode, account);
  } catch {
    return false;
  }
}

function hasPermission({ mode, uid, gid }: Stats, requiredMode: number, account: OsAccount): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & requiredMode) === requiredMode;
}
