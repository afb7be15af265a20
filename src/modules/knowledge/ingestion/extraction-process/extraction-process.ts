import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { LimitedTask } from './extraction.js';
import { OUT_OF_MEMORY_SIGN, OUT_OF_TIME_SIGN } from './lifeline.js';
import { readMessages, toJson, writeMessage, type Message } from './messages.js';
import { WORKER_PRIORITY } from './worker-location.js';

/** Why the server ended the process. */
export type KillReason = 'timed_out' | 'aborted' | 'idle';
/** Why the process ended. `killed`: by a signal from outside; `crashed`: by itself. */
export type ProcessEnd = KillReason | 'out_of_memory' | 'killed' | 'crashed';

const MAX_HEAP_MB = 640;
const OUTSIDE_SIGNALS: readonly unknown[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];
/** Excludes the secrets of the server. */
const CHILD_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/**
 * A child process that reads files of users: a library that loops, crashes or uses too much memory harms only the document. It
 * ends with the server, because its watcher thread reads a pipe that the kernel then closes.
 */
export class ExtractionProcess {
  /** Bytes of the files that it has read. */
  bytesRead = 0;
  private readonly child: ChildProcess;
  private readonly messages: AsyncGenerator<Message, void>;
  private readonly exited: Promise<ProcessEnd>;
  private killReason: KillReason | undefined;
  /** What the watcher thread wrote before it ended the process. */
  private sign = '';
  private hasExited = false;

  constructor(workerPath: string) {
    const options = [`--max-old-space-size=${MAX_HEAP_MB}`, workerPath];
    this.child = spawn(process.execPath, options, {
      cwd: '/',
      env: CHILD_ENV,
      stdio: ['pipe', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.lowerPriority();
    const [, , , output, lifeline] = this.child.stdio as [Writable, null, null, Readable, Duplex];
    for (const stream of [this.input, output, lifeline]) stream.on('error', () => undefined);
    lifeline.on('data', (sign: Buffer) => (this.sign = sign.toString()));
    this.messages = readMessages(output);
    this.exited = this.waitForExit(lifeline);
  }

  get isAlive(): boolean {
    return !this.hasExited && this.killReason === undefined;
  }

  /** Sends a file. Throws when the process ends meantime. */
  async send(task: LimitedTask, original: AsyncIterable<Buffer>): Promise<void> {
    await writeMessage(this.input, 'task', toJson(task));
    for await (const part of original) {
      this.bytesRead += part.length;
      await writeMessage(this.input, 'bytes', part);
    }
    await writeMessage(this.input, 'end', Buffer.alloc(0));
  }

  /** Returns the next message; undefined when the process has ended. */
  async receive(): Promise<Message | undefined> {
    const { value, done } = await this.messages.next();
    return done ? undefined : value;
  }

  /** Ends the process. The first reason counts. */
  kill(reason: KillReason): void {
    this.killReason ??= reason;
    this.child.kill('SIGKILL');
  }

  /** Waits until the process has ended. */
  waitForEnd(): Promise<ProcessEnd> {
    return this.exited;
  }

  private get input(): Writable {
    return this.child.stdin as Writable;
  }

  private async waitForExit(lifeline: Duplex): Promise<ProcessEnd> {
    const closed = once(lifeline, 'close').catch(() => undefined);
    const [code, signal] = (await once(this.child, 'exit').catch(() => [null, null])) as unknown[];
    this.hasExited = true;
    lifeline.end();
    await closed; // by now it has delivered the sign of the watcher
    if (this.killReason !== undefined) return this.killReason;
    if (this.sign === OUT_OF_TIME_SIGN) return 'timed_out';
    // V8 aborts the process when the heap is full.
    if (this.sign === OUT_OF_MEMORY_SIGN || signal === 'SIGABRT' || code === 134) return 'out_of_memory';
    return OUTSIDE_SIGNALS.includes(signal) ? 'killed' : 'crashed';
  }

  /** Here, before the process has other threads: each inherits the priority. */
  private lowerPriority(): void {
    try {
      if (this.child.pid !== undefined) setPriority(this.child.pid, WORKER_PRIORITY);
    } catch {
      // It has ended already, or the system does not permit it.
    }
  }
}
