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
 * UTF-8, ordered by code point: the order is the same on every machine, and an update of the C library does not change it.
 * LC_CTYPE must not be `C`: with it, the full-text parser classifies quotation marks, dashes and Chinese commas as parts of a
 * word. macOS has no locale C.UTF-8.
 */
const LOCALE = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
];

/**
 * Creates the cluster with its role and database under a temporary name, and renames it when it is complete. So after a crash
 * a later start never uses an incomplete cluster.
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

/** The superuser has no password and local sockets are refused, so no client can log in as superuser. */
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
 * Creates the role and the database in the single-user mode of PostgreSQL, before any port is open. The password is sent through
 * a pipe, so no file and no process list contains it. The role owns its database and can create others, which the tests need.
 * It is not a superuser, who could run programs.
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

/** Ignores errors: the initdb of a killed process may still be writing a file. */
async function removeUnfinished(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED));
  for (const name of leftovers) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
