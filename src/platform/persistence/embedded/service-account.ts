import { constants, type Stats } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account that runs PostgreSQL. For functions, undefined means the account of this process. */
export interface OsAccount {
  uid: number;
  gid: number;
}

const UNPRIVILEGED_ACCOUNT: OsAccount = { uid: 65534, gid: 65534 };

/** Returns the account for PostgreSQL when this process runs as root, because PostgreSQL refuses to run as root. */
export async function findServiceAccount(): Promise<OsAccount | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  return parseServiceAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
}

/** Returns the account `postgres` (`_postgres` on macOS) when it exists, else the unprivileged default account. */
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
  return UNPRIVILEGED_ACCOUNT;
}

export const READ = constants.R_OK;
export const EXECUTE = constants.X_OK;

/**
 * Returns whether the account can traverse all parents of `path` and has the permissions `mode` on it. The kernel checks the
 * own account. For another account only the mode bits are read; access control lists that allow more are ignored.
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
