import { randomUUID } from 'node:crypto';
import { lchown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { runProgram } from './child-process.js';
import type { ClusterLocation } from './cluster-location.js';
import { syncFolder } from './cluster-record.js';
import { toCommandLineArguments, NON_DURABLE } from './settings.js';

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
export async function createCluster(
  binaries: Binaries,
  location: ClusterLocation,
  durable: boolean,
): Promise<void> {
  await removeUnfinished(location.folder);
  const temporary = join(location.folder, `${UNFINISHED}${randomUUID()}`);
  await mkdir(temporary, { mode: 0o700 });
  try {
    if (location.account) await lchown(temporary, location.account.uid, location.account.gid);
    await runInitdb(binaries, location, temporary, durable);
    await createDatabase(binaries, location, temporary, durable);
    await rename(temporary, location.clusterDir);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  if (durable) await syncFolder(location.folder);
}

/** The superuser gets no password and local sockets are refused, so nobody can log in as it. */
async function runInitdb(
  binaries: Binaries,
  { account }: ClusterLocation,
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
  await runProgram(binaries.initdb, args, { account, failure: 'The database cluster could not be created' });
}

/**
 * In PostgreSQL's single-user mode, before any port is open; the password goes through a pipe, so it is in no
 * file and in no list of processes. The application's role owns its database and may create others (tests
 * clone theirs), no more: a superuser could run programs.
 */
async function createDatabase(
  binaries: Binaries,
  location: ClusterLocation,
  folder: string,
  durable: boolean,
): Promise<void> {
  const settings = {
    exit_on_error: 'on',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(durable ? {} : NON_DURABLE),
  };
  const statements = [
    `CREATE ROLE xentree LOGIN CREATEDB PASSWORD '${location.record.password}';`,
    'CREATE DATABASE xentree OWNER xentree;',
  ];
  await runProgram(
    binaries.postgres,
    ['--single', '-j', '-D', folder, ...toCommandLineArguments(settings), 'postgres'],
    {
      account: location.account,
      input: statements.map((statement) => `${statement}\n\n`).join(''),
      failure: 'The database could not be created',
    },
  );
}

/** Best effort: an initdb whose application was killed may still be writing its last file. */
async function removeUnfinished(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED));
  for (const name of leftovers) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
