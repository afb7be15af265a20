import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identifies a process. A pid alone is not enough, because the system reuses pids. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in the format of the system. */
  start: string;
  /** Id of the boot; empty where `start` is a full date. */
  boot: string;
  /** Pid namespace (container) of the pid. */
  space: string;
  host: string;
}

export interface RunningProcess {
  pid: number;
  parent: number;
  command: string;
}

const isLinux = process.platform === 'linux';

export function getOwnIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    start: getStartTime(process.pid) ?? '',
    boot: isLinux ? tryOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), '') : '',
    space: isLinux ? tryOr(() => readlinkSync('/proc/self/ns/pid'), '') : '',
    host: hostname(),
  };
}

/** Returns the start time of a running process; undefined for a zombie, which holds no resources any more. */
export function getStartTime(pid: number): string | undefined {
  if (isLinux) return readProcStat(pid)?.start;
  const [state = 'Z', ...start] = runPs(['-o', 'stat=,lstart=', '-p', String(pid)])
    .trim()
    .split(/\s+/);
  return /^[ZX]/.test(state) || start.length === 0 ? undefined : start.join(' ');
}

export function listProcesses(): RunningProcess[] {
  if (!isLinux) return runPs(['-axo', 'pid=,ppid=,stat=,command=']).split('\n').flatMap(parsePsLine);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readProcStat(Number(name));
      if (!stat) return [];
      const command = tryOr(() => readFileSync(`/proc/${name}/cmdline`, 'utf8'), '').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: stat.parent, command }];
    });
}

/** Sends a signal. Ignores a process that has ended. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  tryOr(() => process.kill(pid, name), false);
}

function readProcStat(pid: number): { parent: number; start: string } | undefined {
  const text = tryOr(() => readFileSync(`/proc/${pid}/stat`, 'latin1'), '');
  // The second field is the name of the program in parentheses, and can itself contain spaces and parentheses.
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const start = rest[17];
  if (!start || state === 'Z' || state === 'X') return undefined;
  return { parent: Number(parent), start };
}

function parsePsLine(line: string): RunningProcess[] {
  const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  if (!pid || !command || state?.startsWith('Z')) return [];
  return [{ pid: Number(pid), parent: Number(parent), command }];
}

function runPs(args: string[]): string {
  const options = { encoding: 'utf8', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } } as const;
  return tryOr(() => execFileSync('ps', args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }), '');
}

function tryOr<T>(action: () => T, fallback: T): T {
  try {
    return action();
  } catch {
    return fallback;
  }
}
