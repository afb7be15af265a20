import { spawn, type SpawnOptions } from 'node:child_process';
import { getErrorCode, EmbeddedDatabaseError } from './errors.js';
import type { OsAccount } from './service-account.js';

const MAX_LINES = 50;
const MAX_LINE_LENGTH = 500;

/** What PostgreSQL said last, for an error message; bounded, whatever it has to say. */
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

/** Nothing of our own environment, which holds secrets, reaches PostgreSQL; nor do its PG* variables. */
export const CHILD_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The root folder as working directory: ours may be closed to the account. */
export function childOptions(account: OsAccount | undefined): SpawnOptions {
  return { cwd: '/', env: CHILD_ENV, ...account };
}

export interface ProgramOptions {
  account: OsAccount | undefined;
  input?: string;
  /** What was being done, to begin the sentence of an error: "The database cluster could not be created". */
  failure: string;
}

/** Runs a program to its end; its output is only shown when it fails. */
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

/** Some failures are thrown by `spawn`, others come as an event. */
export function spawnOrThrow<T>(program: string, start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw cannotRunError(program, error as Error);
  }
}

/** `ENOENT` for a file that is there means that its loader is not: the programs are linked against glibc. */
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
