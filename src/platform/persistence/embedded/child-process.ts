import { spawn, type SpawnOptions } from 'node:child_process';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';
import type { OsAccount } from './service-account.js';

const MAX_LINES = 50;
const MAX_LINE_LENGTH = 500;

/** Keeps the last lines of an output for an error message; bounds their number and length. */
export class RecentLines {
  private readonly lines: string[] = [];
  private incompleteLine = '';

  add(chunk: string): void {
    const parts = (this.incompleteLine + chunk).split('\n');
    this.incompleteLine = (parts.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    this.lines.push(...parts.map((line) => line.slice(0, MAX_LINE_LENGTH)));
    this.lines.splice(0, this.lines.length - MAX_LINES);
  }

  toString(): string {
    return [...this.lines, this.incompleteLine].join('\n').trim();
  }
}

/** Environment of child processes. It excludes the secrets of this process, and variables such as `PGDATA`. */
export const CHILD_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The working directory is the root folder, because the account may not be able to access the current one. */
export function childOptions(account: OsAccount | undefined): SpawnOptions {
  return { cwd: '/', env: CHILD_ENV, ...account };
}

export interface ProgramOptions {
  account: OsAccount | undefined;
  input?: string;
  /** Beginning of the error message, such as "The database cluster could not be created". */
  failure: string;
}

/** Runs a program until it exits. Throws an error with its output when it fails. */
export async function runProgram(
  program: string,
  args: string[],
  { account, input = '', failure }: ProgramOptions,
): Promise<void> {
  const child = spawnOrThrow(program, () =>
    spawn(program, args, { ...childOptions(account), stdio: 'pipe' }),
  );
  const output = new RecentLines();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => output.add(chunk));
  }
  child.stdin.on('error', () => undefined).end(input);
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRunError(program, error)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new EmbeddedDatabaseError(`${failure} (${signal ?? `exit code ${code}`}):\n${output}`));
    });
  });
}

/** Converts errors that `spawn` throws. It reports other errors as events. */
export function spawnOrThrow<T>(program: string, start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw cannotRunError(program, error as Error);
  }
}

/** `ENOENT` for an existing program means that its dynamic loader is missing: the programs need glibc. */
export function cannotRunError(program: string, error: Error): EmbeddedDatabaseError {
  const reason = {
    ENOENT: 'this system lacks the C library it was built for (glibc; Alpine has musl)',
    EACCES: 'executing it is not permitted (is the file system mounted noexec?)',
    EPERM: 'this root may not change to another account (the capabilities SETUID and SETGID are needed)',
    EINVAL: 'this root has no other account to change to (a user namespace with one account?)',
  }[getErrorCode(error) ?? ''];
  return new EmbeddedDatabaseError(
    `PostgreSQL cannot be run: ${program}: ${reason ?? error.message}. Set DATABASE_URL to use another server.`,
    { cause: error },
  );
}
