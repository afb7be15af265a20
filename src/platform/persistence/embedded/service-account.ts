import { constants, type Stats } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account PostgreSQL runs in. Where a function takes none, it means the account of this process. */
export interface Account {
  uid: number;
  gid: number;
}

const NOBODY: Account = { uid: 65534, gid: 65534 };

/** PostgreSQL refuses to run as root; an ordinary user needs no second account and gets none. */
export async function serviceAccount(): Promise<Account | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  return pickAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
}

/** The account made for PostgreSQL when the machine has one (macOS calls it `_postgres`), else `nobody`. */
export function pickAccount(passwd: string): Account {
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
export const PASS = constants.X_OK;

/**
 * Whether the account may pass through every parent of `path` and has the `need`ed bits on it. The kernel
 * answers for our own account; for another one the mode bits are read, which at worst takes the longer way
 * where an access list would have allowed the short one.
 */
export async function canUse(path: string, need: number, account?: Account): Promise<boolean> {
  try {
    if (!account) return await access(path, need).then(() => true);
    const real = await realpath(path);
    for (let parent = dirname(real); ; parent = dirname(parent)) {
      if (!grants(await stat(parent), PASS, account)) return false;
      if (parent === dirname(parent)) break;
    }
    return grants(await stat(real), need, account);
  } catch {
    return false;
  }
}

function grants({ mode, uid, gid }: Stats, need: number, account: Account): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & need) === need;
}
