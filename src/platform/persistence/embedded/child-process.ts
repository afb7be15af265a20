import { spawn, type SpawnOptions } from 'node:child_process';
import { codeOf, EmbeddedDatabaseError } from './errors.js';
import type { Account } from './service-account.js';

const KEPT_LINES = 50;
const LONGEST_LINE = 500;

/** What PostgreSQL said last, for an error message; bounded, whatever it has to say. */
export class RecentLines {
  private readonly lines: string[] = [];
  private rest = '';

  add(chunk: string): void {
    const parts = (this.rest + chunk).split('\n');
    this.rest = (parts.pop() ?? '').slice(0, LONGEST_LINE);
    this.lines.push(...parts.map((line) => line.slice(0, LONGEST_LINE)));
    this.lines.splice(0, this.lines.length - KEPT_LINES);
  }

  toString(): string {
    return [...this.lines, this.rest].join('\n').trim();
  }
}

/** Nothing of our own environment, which holds secrets, reaches PostgreSQL; nor do its PG* variables. */
export const CHILD_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The root folder as working directory: ours may be closed to the account. */
export function childOptions(account: Account | undefined): SpawnOptions {
  return { cwd: '/', env: CHILD_ENV, ...account };
}

export interface Task {
  account: Account | undefined;
  input?: string;
  /** What was being done, to begin the sentence of an error: "The database cluster could not be created". */
  failure: string;
}

/** Runs a program to its end; its output is only shown when it fails. */
export async function run(
  program: string,
  args: string[],
  { account, input = '', failure }: Task,
): Promise<void> {
  const child = tryingToRun(program, () => spawn(program, args, { ...childOptions(account), stdio: 'pipe' }));
  const output = new RecentLines();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => output.add(chunk));
  }
  child.stdin.on('error', () => undefined).end(input);
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new EmbeddedDatabaseError(`${failure} (${signal ?? `exit code ${code}`}):\n${output}`));
    });
  });
}

/** Some failures are thrown by `spawn`, others come as an event. */
export function tryingToRun<T>(program: string, start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw cannotRun(program, error as Error);
  }
}

/** `ENOENT` for a file that is there means that its loader is not: the programs are linked against glibc. */
export function cannotRun(program: string, error: Error): EmbeddedDatabaseError {
  const why = {
    ENOENT: 'this system lacks the C library it was built for (glibc; Alpine has musl)',
    EACCES: 'executing it is not permitted (is the file system mounted noexec?)',
    EPERM: 'this root may not change to another account (the capabilities SETUID and SETGID are needed)',
    EINVAL: 'this root has no other account to change to (a user namespace with one account?)',
  }[codeOf(error) ?? ''];
  return new EmbeddedDatabaseError(
    `PostgreSQL cannot be run: ${program}: ${why ?? error.message}. Set DATABASE_URL to use another server.`,
    { cause: error },
  );
}
