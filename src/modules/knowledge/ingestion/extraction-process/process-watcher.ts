import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { LIFELINE_FD, OUT_OF_MEMORY_SIGN, OUT_OF_TIME_SIGN } from './lifeline.js';

/** More than the heap may have: a file of 20 MiB, its text and the objects of a library stay below it. */
const MAX_RESIDENT_BYTES = 900 * 1024 * 1024;
const CHECK_INTERVAL_MS = 100;

/**
 * Ends the process when the server has ended, or when it uses too much memory or processor time. The main thread posts the
 * milliseconds that a document may take. They are processor time: on a busy machine the process waits for its turn.
 */
export function watchProcess(): void {
  let deadline = Infinity;
  parentPort?.on('message', (limitMs: number) => (deadline = processorTime() + limitMs));
  const end = (): void => void process.kill(process.pid, 'SIGKILL');
  new Socket({ fd: LIFELINE_FD, readable: true, writable: false }).on('error', end).on('close', end).resume();
  setInterval(() => {
    const isOutOfTime = processorTime() > deadline;
    if (!isOutOfTime && process.memoryUsage.rss() < MAX_RESIDENT_BYTES) return;
    try {
      writeSync(LIFELINE_FD, isOutOfTime ? OUT_OF_TIME_SIGN : OUT_OF_MEMORY_SIGN);
    } finally {
      end();
    }
  }, CHECK_INTERVAL_MS);
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
