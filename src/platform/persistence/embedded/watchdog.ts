import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { CHILD_ENV } from './child-process.js';
import { getStartTime } from './processes.js';

/**
 * Stops PostgreSQL when the application has ended for any reason: the kernel then closes the pipe to this program. The program
 * is a string, because these sources run from `dist` and, compiled in memory, under Jest, where a path to a file would not be
 * valid. It ignores signals that a terminal or a service manager sends to the process group. It compares the start time of the
 * process, because the system reuses pids. A fast shutdown can take 5 s, an immediate one 2 s.
 */
const PROGRAM = `
  const { readFileSync } = require('node:fs');
  const [pid, start] = [Number(process.argv[1]), process.argv[2]];
  const isAlive = () => {
    try {
      process.kill(pid, 0);
      if (process.platform !== 'linux') return true;
      const stat = readFileSync('/proc/' + pid + '/stat', 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] !== 'Z' && fields[19] === start;
    } catch (error) {
      return error.code === 'EPERM';
    }
  };
  const send = (signal) => {
    if (isAlive()) process.kill(pid, signal);
    else process.exit();
  };
  process.title = 'xentree: database watchdog';
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  process.stdin.on('error', () => {}).resume().once('close', () => {
    send('SIGINT');
    setTimeout(send, 5000, 'SIGQUIT');
    setTimeout(send, 7000, 'SIGKILL');
    setTimeout(process.exit, 9000);
    setInterval(() => isAlive() || process.exit(), 50);
  });
`;

/** Limits the private memory of the watchdog to 6 MB; it shares the code of Node.js with the application. */
const V8_OPTIONS = ['--max-old-space-size=16', '--v8-pool-size=0'];

/** Starts a watchdog for a server process. The returned function ends it. Does not keep this process alive. */
export function startWatchdog(pid: number, log: (message: string) => void): () => void {
  const start = getStartTime(pid) ?? '';
  const watchdog = spawn(process.execPath, [...V8_OPTIONS, '-e', PROGRAM, String(pid), start], {
    cwd: '/',
    env: CHILD_ENV,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', (error) =>
    log(`The database has no watchdog (${error.message}): it may keep running when this process is killed.`),
  );
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return () => watchdog.stdin.destroy();
}
