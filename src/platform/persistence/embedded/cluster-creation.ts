import { randomUUID } from 'node:crypto';
import { lchown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { run } from './child-process.js';
import type { Home } from './cluster-location.js';
import { syncFolder } from './cluster-record.js';
import { childSettings, UNSAFE } from './settings.js';

const UNFINISHED = 'postgres.new-';

/**
 * UTF-8 throughout, ordered by code point: the same on every machine, and not shaken by an update of its C
 * library. LC_CTYPE must not be `C`: the full-text parser asks it what a letter is, and under `C` it takes
 * quotation marks, dashes and Chinese commas for letters ("“hello”" would be a word). macOS has no locale
 * named C.UTF-8.
 */
const LOCALE = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
];

/**
 * Creates the cluster with its role and database beside its place and renames it when it is complete, so that
 * a crash in the middle leaves nothing that a later start could take for a cluster.
 */
export async function createCluster(binaries: Binaries, home: Home, durable: boolean): Promise<void> {
  await removeUnfinished(home.folder);
  const fresh = join(home.folder, `${UNFINISHED}${randomUUID()}`);
  await mkdir(fresh, { mode: 0o700 });
  try {
    if (home.account) await lchown(fresh, home.account.uid, home.account.gid);
    await initialise(binaries, home, fresh, durable);
    await createDatabase(binaries, home, fresh, durable);
    await rename(fresh, home.clusterDir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  if (durable) await syncFolder(home.folder);
}

/** The superuser gets no password and local sockets are refused, so nobody can log in as it. */
async function initialise(
  binaries: Binaries,
  { account }: Home,
  folder: string,
  durable: boolean,
): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    '--username=postgres',
    '--auth-host=scram-sha-256',
    '--auth-local=reject',
    '--no-instructions',
    ...LOCALE,
    ...(durable ? [] : ['--no-sync']),
  ];
  await run(binaries.initdb, args, { account, failure: 'The database cluster could not be created' });
}

/**
 * In PostgreSQL's single-user mode, before any port is open; the password goes through a pipe, so it is in no
 * file and in no list of processes. The application's role owns its database and may create others (tests
 * clone theirs), no more: a superuser could run programs.
 */
async function createDatabase(
  binaries: Binaries,
  home: Home,
  folder: string,
  durable: boolean,
): Promise<void> {
  const settings = {
    exit_on_error: 'on',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(durable ? {} : UNSAFE),
  };
  const statements = [
    `CREATE ROLE xentree LOGIN CREATEDB PASSWORD '${home.record.password}';`,
    'CREATE DATABASE xentree OWNER xentree;',
  ];
  await run(binaries.postgres, ['--single', '-j', '-D', folder, ...childSettings(settings), 'postgres'], {
    account: home.account,
    input: statements.map((statement) => `${statement}\n\n`).join(''),
    failure: 'The database could not be created',
  });
}

/** Best effort: an initdb whose application was killed may still be writing its last file. */
async function removeUnfinished(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED));
  for (const name of left) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
